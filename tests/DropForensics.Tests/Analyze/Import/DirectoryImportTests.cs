using DropForensics.Analyze.Import;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Import;

/// <summary>Directories of a script, made by hand: what is missing or damaged in one is said, and no capture is left.</summary>
public sealed class DirectoryImportTests : IDisposable
{
    private const string Head = "drop capture by shell, layout 1\nprobe=tracepoint\nevent=skb/kfree_skb\nopened_s=101.000000\n";
    private const string Shut = "closed_s=103.500000\nended=duration\n";
    private const string Rings = "cpus 0 1\nentries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0\nentries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0\n";

    private readonly ScratchDirectory _scratch = new();

    private string Left => _scratch.File("left");

    private string Capture => _scratch.File("c.db");

    public DirectoryImportTests() => Directory.CreateDirectory(Left);

    [Fact]
    public void Each_CPUs_text_is_a_stream_of_its_own_and_times_count_from_the_gate()
    {
        Write("capture", Head + Shut);
        Write("clock", "101.000000 101.00 1795675091.500000000 101.002000\n103.000000 103.00 1795675093.500000000 103.002000\nrubbish\n");
        Write("trace/cpu0", MadeCapture.Event(101.25));
        Write("trace/cpu1", MadeCapture.Event(101.5, cpu: 1) + MadeCapture.Event(102, cpu: 1));
        Write("before/stats", Rings);
        Write("after/stats", Rings);
        Write("before/netns/4026531840/dev", "Inter-|\n face |\n    lo: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n");
        Write("before/netns/4026531840/interfaces", "1\tlo\tloopback\t\n2\tbr0\tbridge\t3 4\n");

        Assert.Equal(ExitCode.Done, Import());

        Assert.Equal(["0|250000000", "1|500000000", "1|1000000000"], Db.Rows<string>(Capture, "select cpu || '|' || t_ns from drop_event order by t_ns"));
        Assert.Equal([0, 1], Db.Rows<long>(Capture, "select distinct cpu from raw_chunk order by 1"));
        Assert.Equal("2026-11-26T06:38:11.749000Z", Db.Scalar<string>(Capture, "select time_utc from drops order by t_ns limit 1"));
        Assert.Equal(["lo|loopback|", "br0|bridge|3 4"], Db.Rows<string>(Capture, "select name || '|' || driver || '|' || ifnull(lower, '') from interface order by ifindex"));
        Assert.Equal(2, Db.Scalar<long>(Capture, "select count(*) from artifact where phase = 'after' and path glob 'per_cpu/cpu*/stats'"));
        Assert.Equal("skb:kfree_skb|2500000000", Db.Scalar<string>(Capture, "select event || '|' || (closed_ns - opened_ns) from capture"));
    }

    [Fact]
    public void What_the_rings_lost_is_in_the_capture_and_in_the_exit_code()
    {
        Write("capture", Head + Shut);
        Write("trace/cpu0", MadeCapture.Event(101.25));
        Write("after/stats", Rings.Replace("overrun: 0\ncommit overrun: 0\ndropped events: 0\nentries", "overrun: 7\ncommit overrun: 0\ndropped events: 1\nentries"));

        Assert.Equal(ExitCode.Incomplete, Import());

        Assert.Equal(8, Db.Scalar<long>(Capture, "select records from lost where cpu = 0"));
    }

    [Fact]
    public void The_witness_counts_up_to_the_gate()
    {
        Write("capture", Head + Shut);
        Write("witness/opened", Counted(2));
        Write("witness/shutting", Counted(9));
        Write("witness/after", Counted(10));

        Import();

        Assert.Equal("10|3", Db.Scalar<string>(Capture, "select witness_drops || '|' || witness_slack from capture"));
    }

    [Fact]
    public void A_script_that_was_killed_leaves_a_window_that_never_ended()
    {
        Write("capture", Head);
        Write("trace/cpu0", MadeCapture.Event(101.25) + "half a li");

        Assert.Equal(ExitCode.Incomplete, Import());

        Assert.Equal(1, Db.Scalar<long>(Capture, "select ended is null and closed_ns is null from capture"));
        Assert.Equal(1, Db.Scalar<long>(Capture, "select count(*) from drops"));
    }

    [Theory]
    [InlineData("", "its file 'capture' is missing")]
    [InlineData("dear diary\n", "its file 'capture' is missing")]
    [InlineData("drop capture by shell, layout 2\n", "its layout")]
    [InlineData("drop capture by shell, layout 1\nprobe=tracepoint\n", "never opened")]
    [InlineData("drop capture by shell, layout 1\nopened_s=soon\n", "never opened")]
    public void A_directory_of_something_else_is_refused(string capture, string says)
    {
        if (capture.Length > 0) Write("capture", capture);

        Refused(says);
    }

    [Theory]
    [InlineData("trace/cpu0")]
    [InlineData("before/stats")]
    [InlineData("capture")]
    public void A_link_in_it_is_not_followed(string path)
    {
        if (path != "capture") Write("capture", Head + Shut);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Left, path))!);   // it is below Left
        File.CreateSymbolicLink(Path.Combine(Left, path), "/etc/hostname");

        Refused("not a regular file");
    }

    [Fact]
    public void A_pipe_in_it_is_not_waited_for()
    {
        Write("capture", Head + Shut);
        Directory.CreateDirectory(Path.Combine(Left, "trace"));
        Shell.Run("mkfifo", Path.Combine(Left, "trace", "cpu0"));

        Refused("not a regular file");
    }

    [Fact]
    public void It_brings_its_own_format()
    {
        Write("capture", Head + Shut);

        var error = Assert.Throws<UserError>(() => Import(format: _scratch.File("format")));

        Assert.Equal(ExitCode.Usage, error.ExitCode);
    }

    [Theory]
    [InlineData("101.25", 101250000000)]
    [InlineData("0.000001", 1000L)]
    [InlineData("7", 7000000000)]
    [InlineData("1.0000000001", null)]
    [InlineData("1.", null)]
    [InlineData("-1.5", null)]
    [InlineData("1.2.3", null)]
    [InlineData("99999999999.0", null)]
    public void A_time_is_read_by_its_digits(string text, long? ns) => Assert.Equal(ns, ScriptDirectory.Nanoseconds(text));

    public void Dispose() => _scratch.Dispose();

    private ExitCode Import(string? format = null)
    {
        using var output = new StringWriter();
        return ImportJob.Run(new ImportOptions(Left, Capture, Force: false, format), () => Stream.Null, output, output, CancellationToken.None);
    }

    private void Refused(string says)
    {
        var error = Assert.Throws<UserError>(() => Import());
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains(says, error.Message);
        Assert.Equal(["left"], _scratch.Names);
    }

    private static string Counted(int drops) => $"cpus 0\nentries: {drops}\noverrun: 0\ncommit overrun: 0\ndropped events: 0\n";

    private void Write(string path, string text)
    {
        string file = Path.Combine(Left, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // it is below Left
        File.WriteAllText(file, text);
    }
}

using System.IO.Pipes;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Redact;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Export;

public sealed class ExportJobTests : IDisposable
{
    private static readonly string Packets = Repository.At("fixtures", "captures", "packets.db");

    private readonly ScratchDirectory _scratch = new();
    private readonly StringWriter _notes = new();

    private string Path => _scratch.File("out");

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string> Formats => [.. Enum.GetNames<ExportFormat>()];

    /// <summary>Those that go through the drops one by one, not the sums of metrics.</summary>
    public static TheoryData<string> FormatsOfDrops => [.. Enum.GetNames<ExportFormat>().Except([nameof(ExportFormat.Otlp), nameof(ExportFormat.Prometheus)])];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_file_holds_what_standard_output_would_have_got_and_nothing_lies_beside_it(string format)
    {
        var asked = Enum.Parse<ExportFormat>(format);
        Assert.Equal(ExitCode.Done, Run(Packets, asked));
        Assert.Equal(Exported.Bytes(Packets, asked).Bytes, File.ReadAllBytes(Path));
        Assert.Equal(["out"], _scratch.Names);
        Assert.EndsWith($"wrote {Path}{Environment.NewLine}", _notes.ToString());
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_with_force_alone()
    {
        File.WriteAllText(Path, "precious");
        UserError error = Assert.Throws<UserError>(() => Run(Packets, ExportFormat.Csv));
        Assert.Equal(($"{Path} exists already", ExitCode.Unable), (error.Message, error.ExitCode));
        Assert.Equal("precious", File.ReadAllText(Path));
        Run(Packets, ExportFormat.Csv, force: true);
        Assert.StartsWith("id,time_utc,", File.ReadAllText(Path));
        Assert.Equal(["out"], _scratch.Names);
    }

    [Fact]
    public void Nothing_but_a_regular_file_is_replaced()
    {
        Directory.CreateDirectory(Path);
        File.CreateSymbolicLink(_scratch.File("link"), Packets);
        foreach (string path in (string[])[Path, _scratch.File("link"), "/dev/null"])
        {
            Assert.Matches("is (a directory|not a regular file)", Assert.Throws<UserError>(() => Run(Packets, ExportFormat.Csv, force: true, path)).Message);
            Assert.DoesNotContain("--force", Assert.Throws<UserError>(() => Run(Packets, ExportFormat.Csv, path: path)).Remedy); // which would not help
        }

        Assert.False(File.Exists("/dev/null") && new FileInfo("/dev/null").Length > 0);
        Assert.Equal(["link", "out"], _scratch.Names);
    }

    [Fact]
    public void A_file_of_another_user_stays_as_it_is()
    {
        File.WriteAllText(Path, "precious");
        string path = OtherUser.File(Path), before = File.ReadAllText(path);
        Finished refused = Shell.Run("dotnet", System.IO.Path.Combine(AppContext.BaseDirectory, "analyze.dll"), "export", Packets, "--format", "csv", "-o", path, "--force");
        Assert.Equal((int)ExitCode.Unable, refused.ExitCode);
        Assert.Matches("^analyze: .* belongs to user [0-9]+, and --force replaces only your own files", refused.Errors);
        Assert.Equal("", refused.Output);
        Assert.Equal(before, File.ReadAllText(path));
        Assert.Equal(["out"], _scratch.Names);
    }

    [Theory]
    [MemberData(nameof(FormatsOfDrops))]
    public void It_says_on_a_terminal_how_far_it_is_and_takes_that_away_before_it_says_more(string format)
    {
        using TextWriter terminal = TextWriter.Synchronized(_notes);
        using var progress = new ProgressLine(terminal, 60, TimeSpan.Zero);
        using var output = new WaitingStream(() => Await.Until(() => Written().Contains(" the drops · ", StringComparison.Ordinal)));
        var options = new ExportOptions(Packets, Enum.Parse<ExportFormat>(format), null, false, false);
        Assert.Equal(ExitCode.Done, ExportJob.Run(options, () => output, false, terminal, CancellationToken.None, progress));
        progress.Dispose();
        Assert.Matches(@"\r +\r([^\r]*left out[^\r]*)?$", _notes.ToString());

        string Written()
        {
            lock (terminal) return _notes.ToString(); // a synchronized writer takes itself for its lock
        }
    }

    [Fact]
    public void What_fails_leaves_nothing_and_what_was_to_be_replaced()
    {
        File.WriteAllText(Path, "precious");
        Assert.Throws<UserError>(() => Run(_scratch.File("nowhere.db"), ExportFormat.Csv, force: true));
        Assert.Throws<OperationCanceledException>(() => Run(Packets, ExportFormat.Csv, force: true, stopped: true));
        Assert.Throws<OperationCanceledException>(() => Run(Packets, ExportFormat.Folded, force: true, stopped: true));
        Assert.Throws<OperationCanceledException>(() => Run(Packets, ExportFormat.Pcapng, force: true, stopped: true));
        Assert.Throws<UserError>(() => Run(Repository.At("fixtures", "captures", "example.db"), ExportFormat.Pcapng, force: true));
        Assert.Equal("precious", File.ReadAllText(Path));
        Assert.Equal(["out"], _scratch.Names);
        UserError nowhere = Assert.Throws<UserError>(() => Run(Packets, ExportFormat.Csv, path: _scratch.File("no/folder/out")));
        Assert.EndsWith($"there is no directory {_scratch.File("no/folder")}", nowhere.Message);
    }

    [Fact]
    public void Stacks_are_asked_for_with_JSON_alone_and_a_terminal_gets_no_packets()
    {
        var csv = new ExportOptions(Packets, ExportFormat.Csv, Path, Force: false, Stacks: true);
        Assert.Equal(ExitCode.Usage, Assert.Throws<UserError>(() => ExportJob.Run(csv, () => Stream.Null, false, _notes, CancellationToken.None)).ExitCode);
        var pcapng = new ExportOptions(Packets, ExportFormat.Pcapng, null, Force: false, Stacks: false);
        Assert.Equal(ExitCode.Usage, Assert.Throws<UserError>(() => ExportJob.Run(pcapng, () => Stream.Null, true, _notes, CancellationToken.None)).ExitCode);
        Assert.Empty(_scratch.Names);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_reader_that_goes_away_ends_it_quietly(string format)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.DisposeLocalCopyOfClientHandle(); // the only reader there was
        using var output = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 0);
        var options = new ExportOptions(Packets, Enum.Parse<ExportFormat>(format), null, false, false);
        Assert.Equal(ExitCode.Done, ExportJob.Run(options, () => output, false, _notes, CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_full_disk_is_told_and_nothing_is_left(string format)
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        var options = new ExportOptions(Packets, Enum.Parse<ExportFormat>(format), null, false, false);
        Assert.Throws<IOException>(() => ExportJob.Run(options, () => full, false, _notes, CancellationToken.None));
    }

    [Fact]
    public void No_room_for_sorting_is_told_and_is_no_damage_of_the_capture()
    {
        string small = _scratch.File("small"), capture = _scratch.File("c.db");
        string[] apart = ["--mount", "--propagation", "private", "sh", "-euc"];
        Directory.CreateDirectory(small);
        Requires.That(Shell.Run("unshare", [.. apart, $"mount -t tmpfs -o size=1m none {small}"]).ExitCode == 0, "nothing may be mounted here");
        MadePackets.Write(capture, MadePackets.Eprobe, new MadePackets.Drop(MadePackets.Eth0));
        Change(capture, """
            WITH n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
            INSERT INTO drop_event (id, t_ns, cpu, task_id, site_id, raw_line) SELECT i, i * 1000, 0, 1, 1, i FROM n
            """);
        string analyze = $"dotnet {System.IO.Path.Combine(AppContext.BaseDirectory, "analyze.dll")} export {capture} --format csv -o {Path}";
        Finished refused = Shell.Run("unshare", [.. apart, $"mount -t tmpfs -o size=1m none {small}; TMPDIR={small} {analyze}"]);
        Assert.Equal((int)ExitCode.Unable, refused.ExitCode);
        Assert.StartsWith($"analyze: no room for the temporary file that sorting {capture} takes.", refused.Errors);
        Assert.Contains("TMPDIR", refused.Errors);
        Assert.Equal(["c.db", "small"], _scratch.Names);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_redacted_capture_is_exported_without_what_was_replaced(string format)
    {
        string redacted = _scratch.File("redacted.db");
        RedactJob.Run(Packets, redacted, TextWriter.Null, CancellationToken.None);
        var asked = Enum.Parse<ExportFormat>(format);
        (byte[] before, byte[] after) = (Exported.Bytes(Packets, asked).Bytes, Exported.Bytes(redacted, asked).Bytes);
        Assert.InRange(after.Length, before.Length * 3 / 4, before.Length * 2);

        // The interface is named in each of the formats that know any.
        Assert.Equal(asked is not (ExportFormat.Folded or ExportFormat.Speedscope), before.AsSpan().IndexOf("veth1"u8) >= 0);
        Assert.True(after.AsSpan().IndexOf("veth1"u8) < 0);
    }

    [Theory]
    [MemberData(nameof(FormatsOfDrops))]
    public void A_capture_of_nothing_gives_an_empty_one(string format)
    {
        Write(_scratch.File("c.db"), MadePackets.Eprobe, []);
        Assert.Equal(ExitCode.Done, Run(_scratch.File("c.db"), Enum.Parse<ExportFormat>(format)));
    }

    private sealed class WaitingStream(Action wait) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            wait();
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            wait();
            base.Write(buffer);
        }
    }

    private ExitCode Run(string capture, ExportFormat format, bool force = false, string? path = null, bool stopped = false) =>
        ExportJob.Run(new ExportOptions(capture, format, path ?? Path, force, false), () => throw new InvalidOperationException("a file was named"), false, _notes, new CancellationToken(stopped));
}

using System.Text.Json;
using DropForensics.Capture;
using DropForensics.Capture.Doctor;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Doctor;

/// <summary>What the doctor makes of hosts of plain files, which stay as they are.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly FakeTracefs _host = new();

    [Fact]
    public void A_host_that_can_is_told_the_command_and_not_touched()
    {
        var before = _host.Everything;

        var diagnosis = Examine();

        Assert.Equal(before, _host.Everything);
        Assert.Equal(ExitCode.Done, diagnosis.ExitCode);
        Assert.Equal("capture --duration 60s", diagnosis.Command);
        Assert.Equal(CheckState.Limited, Of(diagnosis, "BTF").State);
        Assert.Equal((CheckState.No, CheckState.Ok, CheckState.Ok), (Of(diagnosis, "eprobe").State, Of(diagnosis, "tracepoint").State, Of(diagnosis, "kprobe").State));
    }

    [Fact]
    public void Every_shortcoming_comes_with_its_remedy_and_no_command()
    {
        Directory.Delete(_host.Tracefs, recursive: true);

        var diagnosis = Examine();

        Assert.Equal(ExitCode.Unable, diagnosis.ExitCode);
        Assert.Null(diagnosis.Command);
        Assert.Contains("mount -t tracefs", Of(diagnosis, "tracefs").Remedy);
        Assert.Contains("tracefs", diagnosis.Obstacles.Select(check => check.Name));
    }

    [Fact]
    public void Confidentiality_is_named()
    {
        _host.WriteHost("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");

        Assert.Equal(CheckState.No, Of(Examine(), "lockdown").State);
    }

    [Fact]
    public void Other_tracers_and_leftovers_are_named()
    {
        _host.Write("instances/theirs/set_event", "sched:sched_switch\nskb:consume_skb\n");
        _host.Write("instances/theirs/current_tracer", "function_graph\n");
        _host.Write("instances/dropforensics_0123456789abcdef/set_event", "");
        _host.Write("dynamic_events", "p:theirs/probe do_sys_open\ne:dropforensics_fedcba9876543210/drop skb/kfree_skb\n");

        var diagnosis = Examine();

        var others = Of(diagnosis, "other tracers");
        Assert.Equal(CheckState.Limited, others.State);
        Assert.Contains("instance theirs has 2 events on and tracer function_graph", others.Finding);
        Assert.Contains("1 probe events of other tools", others.Finding);
        Assert.DoesNotContain("0123456789abcdef", others.Finding);
        var left = Of(diagnosis, "leftovers");
        Assert.Contains("instance dropforensics_0123456789abcdef", left.Finding);
        Assert.Contains("probe dropforensics_fedcba9876543210/drop", left.Finding);
        Assert.Contains("capture cleanup", left.Remedy);
    }

    [Fact]
    public void A_flight_recorder_is_proposed_without_a_duration() =>
        Assert.Equal("capture --keep-last 10m", Examine(new CaptureOptions { Duration = null, KeepLast = TimeSpan.FromMinutes(10), Words = ["--keep-last", "10m"], Output = _host.Output }).Command);

    [Fact]
    public void A_ring_that_does_not_fit_is_made_smaller_in_the_command()
    {
        _host.WriteHost("/proc/meminfo", "MemAvailable:  100000 kB\n");

        var diagnosis = Examine();

        Assert.Equal("capture --duration 60s --buffer 24MiB", diagnosis.Command);
        Assert.Equal(CheckState.No, Of(diagnosis, "memory").State);
        Assert.Contains("--buffer 24MiB", Of(diagnosis, "memory").Remedy);
    }

    [Fact]
    public void An_output_file_that_is_there_stands_in_the_way()
    {
        File.WriteAllText(_host.Output, "mine");

        Assert.Equal(["output file"], Examine().Obstacles.Select(check => check.Name));
    }

    [Fact]
    public void A_host_whose_interfaces_cannot_be_listed_may_still_have_the_one_that_is_asked_for()
    {
        var diagnosis = new Examination(
            new CaptureOptions { Duration = CaptureOptions.DefaultDuration, Output = _host.Output, Interface = "none0" }, _host.Host).Run();

        Assert.Equal((CheckState.Unknown, false), (Of(diagnosis, "interface").State, Of(diagnosis, "interface").IsNeeded));
    }

    [Fact]
    public void The_document_has_every_row_of_the_table()
    {
        var diagnosis = Examine();
        using var text = new StringWriter();
        using var table = new StringWriter();

        DiagnosisPrinter.WriteJson(diagnosis, text);
        DiagnosisPrinter.WriteText(diagnosis, table);

        using var json = JsonDocument.Parse(text.ToString());
        Assert.Equal(diagnosis.Checks.Select(check => check.Name), json.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.All(json.RootElement.GetProperty("checks").EnumerateArray(), check => Assert.Contains(check.GetProperty("state").GetString(), new[] { "ok", "limited", "no", "unknown" }));
        Assert.All(diagnosis.Checks, check => Assert.Contains(check.Name, table.ToString()));
        Assert.Contains("Recommended: capture --duration 60s", table.ToString());
    }

    public void Dispose() => _host.Dispose();

    private Diagnosis Examine() => Examine(new CaptureOptions { Duration = CaptureOptions.DefaultDuration, Output = _host.Output });

    private Diagnosis Examine(CaptureOptions options) => new Examination(options, _host.Host).Run();

    private static Check Of(Diagnosis diagnosis, string name) => Assert.Single(diagnosis.Checks, check => check.Name == name);
}

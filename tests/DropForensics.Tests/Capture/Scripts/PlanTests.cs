using System.Text.Json;
using DropForensics.Capture;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Recording;
using DropForensics.Capture.Scripts;
using DropForensics.Capture.Session;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Scripts;

/// <summary>Plans for a host of plain files, which must stay as they are.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly FakeTracefs _host = new();
    private readonly Window _window = new();

    [Theory]
    [InlineData(ProbeKind.Tracepoint)]
    [InlineData(ProbeKind.Kprobe)]
    [InlineData(ProbeKind.Function)]
    internal void A_plan_changes_nothing_explains_every_line_and_takes_back_all_it_makes(ProbeKind kind)
    {
        var before = _host.Everything;

        var plan = Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _host.Output, Probe = kind });
        var text = Print(plan);

        Assert.Equal(before, _host.Everything);
        Assert.False(File.Exists(_host.Output));
        TracefsChange[] all = [.. plan.Arming, .. plan.Disarming, .. plan.Removing];
        Assert.All(all, change => Assert.NotNull(ChangeReasons.Of(change, plan.Instance, isUndo: false)));
        Assert.Equal(Paths(TracefsChangeKind.MakeDirectory), Paths(TracefsChangeKind.RemoveDirectory));
        Assert.Equal(Paths(TracefsChangeKind.Hold), Paths(TracefsChangeKind.Release));
        Assert.Equal(2, Paths(TracefsChangeKind.MakeDirectory).Length);
        Assert.Contains(kind == ProbeKind.Function ? "current_tracer" : "/enable", text);
        foreach (var definition in all.Where(change => change.Path.EndsWith("dynamic_events", StringComparison.Ordinal)))
        {
            Assert.Contains($">>'{_host.Tracefs}/dynamic_events'", text);
            Assert.Matches("^(p:dropforensics_|-:dropforensics_)", definition.Value);
        }

        string[] Paths(TracefsChangeKind each) => [.. all.Where(change => change.Kind == each).Select(change => change.Path).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void The_document_has_every_change_in_order_and_says_alike_ones_once()
    {
        var plan = Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _host.Output });
        using var text = new StringWriter();
        new PlanPrinter(plan, text).WriteJson();

        using var document = JsonDocument.Parse(text.ToString());
        JsonElement[] changes = [.. document.RootElement.GetProperty("changes").EnumerateArray()];
        TracefsChange[] all = [.. plan.Arming, .. plan.Disarming, .. plan.Removing];
        Assert.Equal(
            all.Select(change => (change.Path, change.Value)),
            changes.SelectMany(change => Enumerable.Repeat((change.GetProperty("path").GetString()!, change.TryGetProperty("value", out var value) ? value.GetString()! : ""), Times(change)))); // a path is written
        Assert.True(text.ToString().Length < 20_000);

        static int Times(JsonElement change) => change.TryGetProperty("times", out var times) ? times.GetInt32() : 1;
    }

    [Fact]
    public void The_gate_is_shut_first_opened_last_and_shut_first_again()
    {
        var plan = Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _host.Output, MaxRate = 0 });

        Assert.Equal(
            [(TracefsChangeKind.MakeDirectory, ""), (TracefsChangeKind.Hold, ""), (TracefsChangeKind.WriteHeld, "0")],
            plan.Arming.Take(3).Select(change => (change.Kind, change.Value)));
        Assert.Equal($"{plan.Instance}/tracing_on", plan.Arming[2].Path);
        Assert.Equal(new TracefsChange(TracefsChangeKind.WriteHeld, $"{plan.Instance}/tracing_on", "1"), plan.Arming[^1]);
        Assert.Equal(new TracefsChange(TracefsChangeKind.WriteHeld, $"{plan.Instance}/tracing_on", "0"), plan.Disarming[0]);
    }

    [Fact]
    public void A_plan_without_a_duration_ends_when_it_is_stopped_and_a_frozen_one_is_read_then()
    {
        var endless = new CaptureOptions { Duration = null, Output = _host.Output };

        Assert.Contains("The window: until stopped. The capture reads per_cpu", Print(Make(endless)));
        string frozen = Print(Make(endless) with { Options = endless with { Freeze = true } });
        Assert.Contains("The window: until stopped. The capture reads nothing before its end", frozen);
    }

    [Fact]
    public void A_filter_is_written_by_number_and_repeated_in_the_trigger()
    {
        var text = Print(Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _host.Output, OnlyReasons = ["NO_SOCKET"], Probe = ProbeKind.Tracepoint }));

        Assert.Contains("echo 'reason == 3' >>'", text);
        Assert.Contains("echo 'stacktrace:10100000 if reason == 3' >>'", text);
    }

    // Opened by O_TRUNC, some of them forget what they hold: everybody's probes, triggers, filters.
    [Theory]
    [InlineData(ProbeKind.Tracepoint)]
    [InlineData(ProbeKind.Kprobe)]
    [InlineData(ProbeKind.Function)]
    internal void No_line_of_a_plan_or_a_script_cuts_a_file_of_tracefs_short(ProbeKind kind)
    {
        AddHist();
        var plan = Print(Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _host.Output, Probe = kind }));

        Assert.Contains($">>'{_host.Tracefs}", plan);
        Assert.DoesNotMatch("(?<!>)>'", plan);
        Assert.DoesNotMatch("""(?<!>)>"\$(capture|counting_instance|tracefs)""", ScriptPrinter.Body());
    }

    [Fact]
    public void Counting_in_the_kernel_is_said_to_be_that()
    {
        AddHist();
        var plan = Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _host.Output, Probe = ProbeKind.Tracepoint });

        var said = Said(plan.Arming, isUndo: false).Concat(Said(plan.Disarming, isUndo: true)).ToList();
        const string Keys = "hist:keys=reason,location.sym-offset";
        Assert.Equal(
            [($"{Keys}:pause", "also counts the drops in the kernel by reason and location; paused until the gate opens"),
             ($"{Keys}:cont", "starts counting by reason and location"), ($"{Keys}:pause", "stops counting by reason and location"),
             ($"!{Keys}", "removes the kernel's table of these counts")],
            said);

        IEnumerable<(string, string?)> Said(IReadOnlyList<TracefsChange> changes, bool isUndo) =>
            changes.Where(change => change.Value.Contains("hist:", StringComparison.Ordinal)).Select(change => (change.Value, ChangeReasons.Of(change, plan.Instance, isUndo)));
    }

    [Fact]
    public void What_the_user_typed_stays_in_comments()
    {
        var output = _host.Output + "\ntouch pwned; '$(id)'";
        var plan = Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = output, CommandLine = $"-o {output}" });

        foreach (var line in Print(plan).Split('\n').Where(line => line.Contains("pwned", StringComparison.Ordinal))) Assert.StartsWith("#", line);
    }

    [Fact]
    public void A_probe_that_the_kernel_was_not_built_with_is_not_planned()
    {
        _host.WriteHost("/proc/kallsyms", "ffffffff81000000 t something\n");

        var error = Assert.Throws<UserError>(() => Make(new CaptureOptions { Duration = TimeSpan.FromSeconds(1), Output = _host.Output, Probe = ProbeKind.Kprobe }));

        Assert.Contains("CONFIG_KPROBE_EVENTS", error.Message);
    }

    public void Dispose()
    {
        _window.Dispose();
        _host.Dispose();
    }

    private void AddHist()
    {
        _host.Write("events/skb/kfree_skb/hist", "");
        _host.Write("events/skb/kfree_skb/format",
            "\tfield:void * location;\toffset:16;\n\tfield:enum skb_drop_reason reason;\toffset:28;\nprint fmt: \"location=%pS \", __print_symbolic(REC->reason, { 3, \"NO_SOCKET\" })\n");
    }

    private CapturePlan Make(CaptureOptions options) => new CaptureSession(options, _host.Host, _window).Plan();

    private static string Print(CapturePlan plan)
    {
        using var text = new StringWriter();
        new PlanPrinter(plan, text).WriteShell();
        return text.ToString();
    }
}

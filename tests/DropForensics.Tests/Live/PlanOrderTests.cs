using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>A plan lists what a capture writes, in the same order.</summary>
[Collection(LiveCollection.Name)]
public sealed partial class PlanOrderTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public PlanOrderTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    [Fact]
    public void A_plan_is_what_a_capture_writes_in_that_order()
    {
        var strace = Requires.Program("strace", "strace");
        string[] options = ["--duration", "300ms", "-o", _directory.File("x.db"), "--reason", "NO_SOCKET"];
        var plan = _host.Run([.. Agent.Command, "plan", .. options]);
        Assert.True(plan.ExitCode == 0, plan.ToString());

        var captured = _host.Run(
            [strace, .. Strace.Quick, "-y", "-s", "4096", "-o", _directory.File("calls"), "-e", "trace=write,pwrite64,writev,mkdir,mkdirat,rmdir,unlinkat", .. Agent.Command, .. options]);

        Assert.True(captured.ExitCode == 0, captured.ToString());
        Assert.Equal(Planned(plan.Output), Written(File.ReadAllLines(_directory.File("calls"))));
    }

    public void Dispose()
    {
        _host?.Dispose();   // null where the constructor skipped
        _directory.Dispose();
    }

    /// <summary>Each change as one line: <c>mkdir A</c>, <c>A/tracing_on 0</c>; names of instances by the order in which they appear.</summary>
    private static List<string> Planned(string plan)
    {
        var held = new Dictionary<string, string>();
        var changes = new List<string>();
        foreach (var line in plan.Split('\n'))
        {
            if (PlannedHold().Match(line) is { Success: true } hold) held[hold.Groups["fd"].Value] = hold.Groups["path"].Value;
            else if (PlannedDirectory().Match(line) is { Success: true } directory) changes.Add($"{directory.Groups["what"].Value} {directory.Groups["path"].Value}");
            else if (PlannedWrite().Match(line) is { Success: true } write) changes.Add($"{write.Groups["path"].Value} {write.Groups["value"].Value}");
            else if (PlannedHeldWrite().Match(line) is { Success: true } to) changes.Add($"{held[to.Groups["fd"].Value]} {to.Groups["value"].Value}");
        }

        return Named(changes);
    }

    /// <summary>The same of strace's lines, but for writes that the kernel refused (a probe that auto tried and this kernel has not): <c>12 write(23&lt;/sys/kernel/tracing/…/tracing_on>, "0\n", 2) = 2</c></summary>
    private static List<string> Written(IEnumerable<string> calls)
    {
        var changes = new List<string?>();
        var unfinished = new Dictionary<string, int>();
        foreach (var line in calls)
        {
            var (pid, isRefused) = (line.Split(' ')[0], Refused().IsMatch(line));
            if (Resumed().IsMatch(line))
            {
                if (unfinished.Remove(pid, out var at) && isRefused) changes[at] = null;
                continue;
            }

            var change = TracedWrite().Match(line) is { Success: true } write ? $"{write.Groups["path"].Value} {write.Groups["value"].Value}"
                : TracedDirectory().Match(line) is { Success: true } directory ? $"{(directory.Groups["what"].Value.StartsWith("mk", StringComparison.Ordinal) ? "mkdir" : "rmdir")} {directory.Groups["path"].Value}"
                : null;
            if (change is null || isRefused) continue;
            changes.Add(change);
            if (line.EndsWith("<unfinished ...>", StringComparison.Ordinal)) unfinished[pid] = changes.Count - 1;
        }

        return Named(changes.OfType<string>());
    }

    private static List<string> Named(IEnumerable<string> changes)
    {
        var names = new List<string>();
        var named = changes.Select(change => Instance().Replace(change, match =>
        {
            if (!names.Contains(match.Value)) names.Add(match.Value);
            return names.IndexOf(match.Value).ToString(CultureInfo.InvariantCulture);
        })).ToList();

        // Marks that are written many times over are one line of a plan.
        return [.. named.Where((change, i) => i == 0 || change != named[i - 1])];
    }

    [GeneratedRegex(@"^exec (?<fd>\d)>>'(?<path>.*)'$")]
    private static partial Regex PlannedHold();

    [GeneratedRegex(@"^(?<what>mkdir|rmdir) '(?<path>.*)'$")]
    private static partial Regex PlannedDirectory();

    [GeneratedRegex(@"^echo '(?<value>.*)' >>'(?<path>.*)'$")]
    private static partial Regex PlannedWrite();

    [GeneratedRegex(@"^echo '(?<value>.*)' >&(?<fd>\d)$")]
    private static partial Regex PlannedHeldWrite();

    [GeneratedRegex("""\bp?write(64)?\(\d+<(?<path>/sys/kernel/tracing/[^>]*)>, "(?<value>.*?)(\\n)?", \d+""")]
    private static partial Regex TracedWrite();

    [GeneratedRegex("""\b(?<what>mkdir|mkdirat|rmdir|unlinkat)\([^"]*"(?<path>/sys/kernel/tracing/[^"]*)"[^"]*$""")]
    private static partial Regex TracedDirectory();

    [GeneratedRegex(@"= -1 E[A-Z]+")]
    private static partial Regex Refused();

    [GeneratedRegex(@"<\.\.\. \w+ resumed>")]
    private static partial Regex Resumed();

    [GeneratedRegex("dropforensics_[0-9a-f]{16}")]
    private static partial Regex Instance();
}

using System.Text.RegularExpressions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>The properties by which two captures can be compared, and why not by the others. Each answer is a sentence without full stop; null: they can.</summary>
internal sealed class Comparability
{
    private readonly CaptureScope _scopeOfA, _scopeOfB;

    /// <exception cref="UserError">They count different things.</exception>
    public Comparability(DiffSide a, DiffSide b)
    {
        if (a.Capture.HitsOf != b.Capture.HitsOf)
        {
            throw new UserError(
                $"{a.Capture.File} counts {What(a)} and {b.Capture.File} {What(b)}: there is nothing to compare",
                "Give two captures of drops, or two of the same function (`capture --function NAME`).");
        }

        (A, B) = (a, b);
        (_scopeOfA, _scopeOfB) = (CaptureScope.Of(a.Capture), CaptureScope.Of(b.Capture));
        IsSameFile = a.Capture.Sha256 == b.Capture.Sha256;
        ByLocation = !IsSameFile && ((LacksStacks(a) && b.Facts.DistinctStacks > 0) || (LacksStacks(b) && a.Facts.DistinctStacks > 0));
        Time = TimeOf(a) ?? TimeOf(b);
        Filters = _scopeOfA.Interface != _scopeOfB.Interface ? $"{FilterOf(a)}, and {FilterOf(b)}"
            : _scopeOfA.HasReasonsOf(_scopeOfB) ? null : $"{FilterOf(a)}, and {FilterOf(b)}";
        Reasons = Either(s => s.Facts.Drops == 0 || s.Facts.WhyNoReason is null, s => $"{s.Letter} has no reasons: {s.Facts.WhyNoReason}");
        Drivers = Either(
            s => s.Facts.Drops == 0 || s.Facts.Drivers.Any(d => d.Driver is not null) || s.Facts.DistinctStacks > 0,
            s => $"{s.Letter} has neither stacks nor interfaces, so its drivers are unknown");
        Interfaces = Either(TellsInterfaces, s => $"{s.Letter} has no interfaces: its probe ({s.Capture.Probe}) does not show them; an eprobe does");
        if (a.Facts.Owners.Concat(b.Facts.Owners).Any(o => o.Name is not null))
            Owners = Either(s => s.Facts.Drops == 0 || s.Capture.TellsOwners, s => $"{s.Letter} has no owners: its probe ({s.Capture.Probe}) did not fetch them") ?? Redacted;
        Flows = Either(TellsFlows, s => $"{s.Letter} has no packet headers: {FlowWords.WhyNone(s.Capture)}");
    }

    /// <summary>The baseline.</summary>
    public DiffSide A { get; }

    /// <summary>The one that is compared with it.</summary>
    public DiffSide B { get; }

    /// <summary>Whether both are the same file.</summary>
    public bool IsSameFile { get; }

    /// <summary>Whether the reasons of both come from the same kernel.</summary>
    public bool IsOneKernel => IsSameFile || (A.Capture.KernelRelease is { } release && release == B.Capture.KernelRelease);

    /// <summary>Whether both kernels have the same version (6.12), and so give the same reasons in the same places.</summary>
    public bool IsOneVersion => IsOneKernel || (KernelVersion.Parse(A.Capture.KernelRelease) is { } version && version == KernelVersion.Parse(B.Capture.KernelRelease));

    /// <summary>Whether functions are compared by where packets were freed, because only one of the two has stacks.</summary>
    public bool ByLocation { get; }

    /// <summary>Why no rates can be compared.</summary>
    public string? Time { get; }

    /// <summary>Why sums over all reasons and interfaces cannot be compared: the filters differ.</summary>
    public string? Filters { get; }

    public string? Reasons { get; }
    public string? Drivers { get; }
    public string? Interfaces { get; }

    /// <summary>Null also if neither has any.</summary>
    public string? Owners { get; }

    public string? Flows { get; }

    /// <summary>Why addresses cannot be compared.</summary>
    public string? Addresses => Flows ?? Redacted;

    /// <summary>By reason if both have reasons.</summary>
    public string? OfReason(string? reason)
    {
        if (_scopeOfA.Interface != _scopeOfB.Interface) return Filters;
        if (Filters is not null && !(_scopeOfA.Has(reason) == true && _scopeOfB.Has(reason) == true)) return "only one of the two recorded it";
        if (reason is null || IsOneKernel) return null;
        if (ReasonWords.IsNumber(reason)) return "a number without a name means something else on another kernel";
        return Lacks(A, reason) ?? Lacks(B, reason);
    }

    /// <summary>By interface if both record it.</summary>
    public string? OfInterface(string? name)
    {
        if (!_scopeOfA.HasReasonsOf(_scopeOfB)) return Filters;
        if (name is not ("lo" or null) && Redacted is { } redacted) return redacted;
        bool isInBoth = _scopeOfA.Interface == _scopeOfB.Interface || ((_scopeOfA.Interface ?? name) == name && (_scopeOfB.Interface ?? name) == name && name is not null);
        return isInBoth ? null : "only one of the two recorded it";
    }

    /// <summary>Notes for the whole comparison, one sentence each.</summary>
    public IEnumerable<string> Limits()
    {
        if (IsSameFile) yield break;
        foreach (string? why in (string?[])[Time, Filters, Reasons, Drivers, Interfaces, Owners, Flows, Redacted]) if (why is not null) yield return $"{Capital(why.TrimEnd('.'))}.";
        if (ByLocation)
        {
            string lacking = LacksStacks(A) ? LacksStacks(B) ? "Both lack" : $"{A.Letter} lacks" : $"{B.Letter} lacks";
            yield return $"{lacking} stacks: the functions of both are those that freed the packets, which need not be those that decided to.";
        }

        foreach (string sentence in ComparisonNotes.Of(A, B)) yield return sentence;
    }

    private string? Redacted => IsSameFile || (A.Capture.Redacted ?? B.Capture.Redacted) is null ? null
        : $"{(A.Capture.Redacted is null ? $"{B.Letter} is" : B.Capture.Redacted is null ? $"{A.Letter} is" : "both are")} redacted: each redaction has tokens of its own for addresses and names of interfaces";

    private string? Either(Func<DiffSide, bool> has, Func<DiffSide, string> lacks) => !has(A) ? lacks(A) : !has(B) ? lacks(B) : null;

    private static bool LacksStacks(DiffSide side) => side.Facts.Drops > 0 && (side.Facts.DistinctStacks == 0 || side.Facts.Losses.AfterStacks > 0);

    // A capture without drops has no unknown properties.
    private static bool TellsInterfaces(DiffSide side) => side.Facts.Drops == 0 || side.Capture.TellsInterfaces || side.Facts.WithInterface > 0;

    private static bool TellsFlows(DiffSide side) => side.Facts.Drops == 0 || (side.Capture.TellsInterfaces && side.Capture.Packets != "none") || side.Facts.WithFlow > 0;

    /// <summary>A kernel without this reason has another name for it, or does not distinguish it.</summary>
    private static string? Lacks(DiffSide side, string reason)
    {
        KernelVersion? kernel = KernelVersion.Parse(side.Capture.KernelRelease);
        if (side.Facts.Drops == 0 || KnowledgeBase.Embedded.Reason(reason) is not { } entry) return null;
        KernelRange range = entry.KernelsOf(reason);
        if (range.Contains(kernel)) return null;
        return entry.Names.FirstOrDefault(n => n.Kernels is { } others && others.Contains(kernel)) is { } other
            ? $"Linux {kernel} of {side.Letter} calls it `{other.Name}`"
            : $"Linux {kernel} of {side.Letter} is not known to have it ({range.Words}): what it would be called there is not known";
    }

    private static string? TimeOf(DiffSide side) => side.Facts.Window switch
    {
        _ when side.Seconds is not null => null,
        { IsTime: false } => $"{side.Letter} has no rates: {side.Facts.Capture.WhyNoTime}",
        _ when side.Facts.Drops == 0 => $"{side.Letter} has no rates: it holds no {side.Capture.Subject.One} and its length is unknown",
        _ => $"{side.Letter} has no rates: all it holds happened in one instant, and it does not say how long it recorded",
    };

    private static string FilterOf(DiffSide side) => side.Capture.Scope is { } filter
        ? $"{side.Letter} recorded only what matches the filter `{filter}`" : $"{side.Letter} recorded all";

    private static string What(DiffSide side) => side.Capture.HitsOf is { } function ? $"hits of {function}" : "drops";

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}

/// <summary>Which drops a capture recorded.</summary>
/// <param name="Only">Reasons by name; empty: all.</param>
/// <param name="Except">Reasons left out.</param>
/// <param name="Interface">The only interface; null: all.</param>
/// <param name="Unread">The filter itself if the names of its reasons are not in the capture (a redacted one); else null.</param>
internal sealed partial record CaptureScope(IReadOnlySet<string> Only, IReadOnlySet<string> Except, string? Interface, string? Unread)
{
    /// <summary>The filter has the reasons as numbers, which mean something else on another kernel; the options have their names.</summary>
    public static CaptureScope Of(CaptureInfo capture)
    {
        string filter = capture.Filter ?? "";
        HashSet<string> only = Names(OnlyOption(), capture.CommandLine), except = Names(ExceptOption(), capture.CommandLine);
        bool isRead = capture.Expression is null && ReasonTerm().Count(filter) == only.Count + except.Count;
        Match device = DeviceTerm().Match(filter);
        return new CaptureScope(
            isRead ? only : [], isRead ? except : [], device.Success ? device.Groups[1].Value : null,
            isRead ? null : capture.Expression ?? $"{filter} on {capture.KernelRelease}");
    }

    /// <summary>Whether drops of this reason are recorded; null: not known.</summary>
    public bool? Has(string? reason) => Unread is not null ? null
        : (Only.Count == 0 || (reason is not null && Only.Contains(reason))) && (reason is null || !Except.Contains(reason));

    /// <summary>Whether the same reasons are recorded.</summary>
    public bool HasReasonsOf(CaptureScope other) => Unread == other.Unread && Only.SetEquals(other.Only) && Except.SetEquals(other.Except);

    private static HashSet<string> Names(Regex option, string commandLine) => [.. option.Matches(commandLine).Select(m => m.Groups[1].Value)];

    [GeneratedRegex(@"(?<!\S)--reason (\S+)")]
    private static partial Regex OnlyOption();

    [GeneratedRegex(@"(?<!\S)--exclude-reason (\S+)")]
    private static partial Regex ExceptOption();

    [GeneratedRegex(@"\breason [!=]= \d+")]
    private static partial Regex ReasonTerm();

    [GeneratedRegex("\\bdev == \"([^\"]*)\"")]
    private static partial Regex DeviceTerm();
}

/// <summary>Differences between two captures that are not differences of the host, one sentence each.</summary>
internal static class ComparisonNotes
{
    public static IEnumerable<string> Of(DiffSide a, DiffSide b)
    {
        foreach (DiffSide side in (DiffSide[])[a, b])
        {
            if (side.Missing.Most is null)
                yield return $"{side.Letter} lacks {(side.Missing.Least > 0 ? $"at least {Count(side.Missing.Least)}" : "an unknown number of")} {side.Capture.Subject.Many}, with no upper limit: its rates have none either.";
            else if (side.Missing.Most > 0)
                yield return $"{side.Letter} lacks {Missing(side)}: its rates are ranges, and all of the missing ones may be of one kind.";
            if (side.Facts.Window is { IsWindow: false, IsTime: true } && side.Seconds is not null)
                yield return side.Capture.IsImport
                    ? $"The text of {side.Letter} does not show when recording began and ended. The time from its first {side.Capture.Subject.One} to its last is used, which makes its rates too high rather than too low."
                    : $"{side.Letter} was not closed properly: its window ends with its last {side.Capture.Subject.One}.";
            if (side.Facts.Losses.AfterStacks > 0)
                yield return $"{side.Letter} stopped taking stacks to spare its host: {Count(side.Facts.Losses.AfterStacks, side.Capture.Subject.One)} of it have no driver.";
            if (side.Facts.Ledger is { IsSample: true, MissedBySampling: 0 })
                yield return $"{side.Letter} is a sample, to spare its host, and how much was left out is not known. Its shares are those of the sample.";
            if (side.Facts.Ledger.MissedBySampling is > 0 and var left)
                yield return $"{side.Letter} is a sample, to spare its host: {Count(left, side.Capture.Subject.One)} were counted and left out, more of them when more came at once. Its shares are those of the sample.";
            if (side.Facts.Ledger.BeforeTheStack.Sum(u => u.Packets) is > 0 and var packets)
                yield return $"Cards of {side.Letter} lost {Count(packets, "packet")} before the stack saw them; no number here includes them.";
        }

        if (a.Capture.KernelRelease != b.Capture.KernelRelease)
            yield return $"The kernels differ ({Kernel(a)} and {Kernel(b)}): reasons and functions are compared by name, and a function that is new or gone may have been renamed or inlined; what one calls `NOT_SPECIFIED` may have a reason in the other.";
        if (a.Capture.Probe != b.Capture.Probe && !(IsTracepoint(a) && IsTracepoint(b)))
            yield return $"The probes differ ({a.Capture.Probe} and {b.Capture.Probe}): a kprobe misses lists of packets that a qdisc frees, and a function's calls need not all be drops.";
        if (a.Capture.HostName is { } one && one == b.Capture.HostName && b.Facts.Window.StartUtc < a.Facts.Window.StartUtc)
            yield return $"{b.Letter} was recorded before {a.Letter}: to compare before and after, give the earlier capture first.";
    }

    /// <summary><c>3 to 7 drops</c></summary>
    public static string Missing(DiffSide side) => side.Missing is { Most: { } most } range
        ? range.IsExact ? side.Capture.Subject.Counted(most) : range.Least == 0 ? $"up to {side.Capture.Subject.Counted(most)}" : $"{Count(range.Least)} to {side.Capture.Subject.Counted(most)}"
        : $"at least {side.Capture.Subject.Counted(side.Missing.Least)}";

    private static string Kernel(DiffSide side) => side.Capture.KernelRelease is { } release ? $"Linux {release}" : "an unknown kernel";

    // The same drops: an eprobe is attached to the tracepoint.
    private static bool IsTracepoint(DiffSide side) => side.Capture.Probe is "tracepoint" or "eprobe";
}

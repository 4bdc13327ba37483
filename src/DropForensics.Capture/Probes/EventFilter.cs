using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Probes;

/// <summary>
/// Filters in the kernel's own language (Documentation/trace/events.rst), in which reasons are numbers: <c>reason == NO_SOCKET</c> is
/// refused there.
/// </summary>
internal static class EventFilter
{
    /// <summary>All of the conditions; empty where there is none.</summary>
    public static string And(params ReadOnlySpan<string> conditions)
    {
        var given = new List<string>();
        foreach (string condition in conditions)
        {
            if (condition.Length > 0) given.Add(condition);
        }

        return given.Count == 1 ? given[0] : string.Join(" && ", given.Select(condition => condition.Contains("||", StringComparison.Ordinal) ? $"({condition})" : condition));
    }

    /// <summary>The reasons asked for; empty for all of them.</summary>
    /// <exception cref="UserError">A name this kernel does not have.</exception>
    public static string Reasons(ReasonTable reasons, IReadOnlyList<string> only, IReadOnlyList<string> except)
    {
        if (only.Count + except.Count > 0 && !reasons.HasReasons)
        {
            throw new UserError(
                "this kernel's drops have no reason, so --reason and --exclude-reason have nothing to compare",
                "Leave them out: analyze sorts the drops by function. Reasons came with Linux 5.17.");
        }

        return And(
            string.Join(" || ", only.Select(name => $"reason == {NumberOf(reasons, name)}")),
            string.Join(" && ", except.Select(name => $"reason != {NumberOf(reasons, name)}")));
    }

    /// <summary>One interface, by name, in whichever namespace; empty for all.</summary>
    /// <exception cref="UserError">No interface can have that name.</exception>
    public static string Interface(string? name)
    {
        if (name is null) return "";

        // net/core/dev.c, dev_valid_name: 15 bytes, no slash, colon or blank. A quote could end the filter's string and go on from there.
        bool valid = name.Length is > 0 and < 16 && name is not ("." or "..") && name.All(c => c is > ' ' and < '\x7f' and not ('/' or ':' or '"' or '\'' or '\\' or '*'));
        if (valid) return $"dev == \"{name}\"";
        throw new UserError(
            $"'{Printable.Of(name)}' is not an interface name that can be filtered on", "Give it as 'ip link' shows it, at most 15 characters.", ExitCode.Usage);
    }

    private static uint NumberOf(ReasonTable reasons, string name)
    {
        string bare = BareReason(name);
        string[] known = reasons.Names.Values.Where(each => reasons.ValueOf(each) is not null).Order(StringComparer.Ordinal).ToArray();
        if (Array.Find(known, each => each.Equals(bare, StringComparison.OrdinalIgnoreCase)) is { } exact && reasons.ValueOf(exact) is { } value) return value;
        throw new UserError($"this kernel has no drop reason '{Printable.Of(name)}'", Suggest(bare, known), ExitCode.Usage);
    }

    private static string Suggest(string name, string[] known)
    {
        const int Most = 6;
        if (name.Contains(',')) return "Give --reason once for each name: --reason NO_SOCKET --reason NETFILTER_DROP";
        if (NearNames.Closest(name, known) is { } meant) return $"Did you mean {meant}?";
        string[] near = [.. known.Where(each => Shares(each, name)).Take(Most)];
        return near.Length > 0 ? $"Near it: {string.Join(", ", near)}."
            : $"The core's reasons are listed in {DropTracepoint.FormatPath} of tracefs, those of mac80211, openvswitch and qdiscs in the kernel's BTF.";
    }

    /// <summary>A reason's name as a trace prints it: without the prefix that it has in the kernel's source.</summary>
    public static string BareReason(string name)
    {
        const string Prefix = "SKB_DROP_REASON_";
        return name.Length > Prefix.Length && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;
    }

    /// <summary>Whether two names have a word in common: UDP_CSUM and CSUM do.</summary>
    private static bool Shares(string known, string name) =>
        name.Split('_').Any(word => word.Length > 2 && known.Contains(word, StringComparison.OrdinalIgnoreCase));
}

using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>What this host's skb:kfree_skb tracepoint looks like, read from its own <c>format</c> file.</summary>
/// <param name="Format">The file as it stands.</param>
/// <param name="Reasons">The reason numbers that it and the kernel's BTF name.</param>
internal sealed record DropTracepoint(byte[] Format, ReasonTable Reasons)
{
    /// <summary>Below an instance or below tracefs itself.</summary>
    public const string Directory = "events/skb/kfree_skb";

    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="enums">Of this kernel.</param>
    /// <exception cref="UserError">The event is not there, or closed to us.</exception>
    public static DropTracepoint Read(string tracefs, ReasonEnums enums)
    {
        var format = HostRoot.TryReadFile(Path.Combine(tracefs, Directory, "format"));
        if (format is { Length: > 0 }) return new DropTracepoint(format, ReasonTable.FromHost(format, enums));

        throw System.IO.Directory.Exists(Path.Combine(tracefs, Directory))
            ? new UserError($"cannot read {tracefs}/{Directory}/format: permission denied", "Run as root (sudo capture …).")
            : new UserError(
                $"this kernel has no skb:kfree_skb tracepoint ({tracefs}/{Directory} is missing)",
                "It needs a kernel built with CONFIG_NET and CONFIG_EVENT_TRACING; every distribution's kernel since 2.6 has it.");
    }

    /// <summary>
    /// The filter for the reasons asked for, in the kernel's filter language, which compares numbers only
    /// (<c>reason == NO_SOCKET</c> is refused). Empty for no filter.
    /// </summary>
    /// <exception cref="UserError">A name this kernel does not have.</exception>
    public string FilterFor(IReadOnlyList<string> only, IReadOnlyList<string> except)
    {
        if (only.Count + except.Count > 0 && !Reasons.HasReasons)
        {
            throw new UserError(
                "this kernel's kfree_skb event carries no drop reason, so --reason and --exclude-reason have nothing to compare",
                "Reasons came with Linux 5.17; capture everything here and let analyze sort it by function.");
        }

        var wanted = string.Join(" || ", only.Select(name => $"reason == {NumberOf(name)}"));
        var unwanted = string.Join(" && ", except.Select(name => $"reason != {NumberOf(name)}"));
        return (wanted, unwanted) switch
        {
            ("", _) => unwanted,
            (_, "") => wanted,
            _ => $"({wanted}) && {unwanted}",
        };
    }

    private uint NumberOf(string name)
    {
        if (Reasons.ValueOf(name) is { } value) return value;
        var near = Reasons.Names.Values.Where(known => Shares(known, name)).Order().Take(6).ToArray();
        throw new UserError(
            $"this kernel knows no drop reason '{Printable.Of(name)}'",
            near.Length > 0
                ? $"Near it: {string.Join(", ", near)}. All are listed in {Directory}/format of tracefs."
                : $"All are listed in {Directory}/format of tracefs.",
            ExitCode.Usage);
    }

    /// <summary>Whether two names have a word in common: UDP_CSUM and CSUM do.</summary>
    private static bool Shares(string known, string name) =>
        name.Split('_').Any(word => word.Length > 2 && known.Contains(word, StringComparison.OrdinalIgnoreCase));
}

using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Evidence from the host's lists of sockets: whose receive buffer or accept queue was full, and who listens.</summary>
internal static class SocketEvidence
{
    private const int Named = 3;

    // With half of the packets, the headline names the socket's owner.
    private const double Bulk = 0.5;

    /// <summary>UDP sockets that turned packets away.</summary>
    public static IEnumerable<Evidence> Full(CaptureFacts facts) => Dropping(facts, isTcp: false).Select(socket => new TextEvidence(Full(facts, socket)));

    /// <summary>TCP listeners that turned connections away, or had no room for another when they were read.</summary>
    public static IEnumerable<Evidence> Overflowed(CaptureFacts facts) => Dropping(facts, isTcp: true)
        .Concat(facts.Host.SocketChanges.Where(s => s.Last.IsListener && s.Dropped is null or 0 && IsFull(s))).Take(Named).Select(listener => new TextEvidence(Overflowed(facts, listener)));

    /// <summary><c>; the socket is `nginx`'s</c>, if one socket turned away most of this many packets.</summary>
    public static string Whose(CaptureFacts facts, long drops, bool isTcp) =>
        Dropping(facts, isTcp).FirstOrDefault() is { Dropped: { } dropped, Holder: { } holder } && dropped >= Bulk * drops ? $"; the {(isTcp ? "listener" : "socket")} belongs to `{holder.Comm}` (pid {holder.Pid})" : "";

    /// <summary>The port of the TCP listener that turned away most of this many requests; null if that is not known.</summary>
    public static int? PortOfListener(CaptureFacts facts, long requests) =>
        Dropping(facts, isTcp: true).FirstOrDefault() is { Dropped: { } dropped, Last.Port: var port } && dropped >= Bulk * requests ? port : null;

    /// <summary>Who listens at the ports where no socket took the packets: usually nobody.</summary>
    public static IEnumerable<Evidence> Nobody(CaptureFacts facts) => facts.Host.SocketNamespaces.Count == 0 ? []
        : facts.Flows.Where(f => f is { Tunnel: null, Dport: not null, IpProtocol: 6 or 17 } && f.Reasons[0].Name == "NO_SOCKET")
            .GroupBy(f => (IsTcp: f.IpProtocol == 6, Port: f.Dport ?? 0, Netns: NamespaceOf(facts, f))).OrderByDescending(g => g.Sum(f => f.Drops)).Take(Named)
            .Select(g => Nobody(facts, g.Key.IsTcp, g.Key.Port, g.Key.Netns, g.First())).OfType<string>().Select(text => new TextEvidence(text));

    private static IEnumerable<SocketChange> Dropping(CaptureFacts facts, bool isTcp) =>
        facts.Host.SocketChanges.Where(s => s.Last.IsTcp == isTcp && s.Dropped > 0).OrderByDescending(s => s.Dropped).Take(Named);

    private static string Full(CaptureFacts facts, SocketChange socket)
    {
        SocketState last = socket.Last;
        string buffer = last.ReceiveBuffer is { } size
            ? $" Its receive buffer is {Bytes(size)}{(last.ReceiveMemory is { } used && used >= size ? ", all of it in use after the window" : "")}"
                + (Setting(facts, last.Netns, "net.core.rmem_max") is { } most and < (long.MaxValue / 2) ? $"; `net.core.rmem_max` lets a program have up to {Bytes(2 * most)}." : ".")
            : "";
        return $"The socket {last.Name}{Holder(socket)} turned away {Count(socket.Dropped ?? 0, "packet")} by its own count.{buffer}";
    }

    private static string Overflowed(CaptureFacts facts, SocketChange listener)
    {
        SocketState last = listener.After ?? listener.Last;
        string turned = listener.Dropped is > 0 and var dropped ? $" turned away {Count(dropped, "packet")} by its own count" : " has no room for another connection";
        string queue = last is { SendQueue: { } limit, ReceiveQueue: { } waiting }
            ? $" {Count(waiting, "connection")} waited to be accepted after the window; its limit is {Count(limit)}{Limit(facts, last, limit)}." : "";
        return $"The listener {last.Name}{Holder(listener)}{turned}.{queue}";
    }

    private static string Limit(CaptureFacts facts, SocketState listener, long limit) =>
        Setting(facts, listener.Netns, "net.core.somaxconn") switch
        {
            null => "",
            { } most when most > limit => $": the program asked for no more, `net.core.somaxconn` allows {Count(most)}",
            { } most => $", and `net.core.somaxconn` allows no more than {Count(most)}",
        };

    // Some settings are shown in the first namespace only.
    private static long? Setting(CaptureFacts facts, long netns, string name) => facts.Host.Number(netns, name) ?? facts.Host.Number(facts.Capture.OwnNetns ?? 0, name);

    // The kernel takes one more than the limit.
    private static bool IsFull(SocketChange listener) => listener.After is { ReceiveQueue: { } waiting, SendQueue: { } limit } && waiting > limit;

    private static string Holder(SocketChange socket) => socket.Holder is { } holder ? $" of `{holder.Comm}` (pid {holder.Pid})" : "";

    private static string? Nobody(CaptureFacts facts, bool isTcp, int port, long? netns, FlowFacts flow)
    {
        string name = $"{(isTcp ? "TCP" : "UDP")} port {port}", where = netns is { } inode ? $"network namespace {inode}{(inode == facts.Capture.OwnNetns ? " (the host's own)" : "")}" : "any network namespace that could be looked into";
        if (netns is { } only && !facts.Host.SocketNamespaces.Contains(only)) return null;
        List<SocketChange> there = [.. facts.Host.SocketChanges.Where(s => s.Last.IsTcp == isTcp && s.Last.Port == port && (netns is null || s.Last.Netns == netns))];
        if (there.Count == 0) return $"Nothing has {name} open in {where}: the host's lists of sockets show none, before the window and after it.";
        if (netns is null) return null;   // whose packets these were is not known
        List<SocketChange> taking = [.. there.Where(s => s.Last.Takes(flow.EtherType == 0x86dd, flow.Dst))];
        SocketChange one = taking.Concat(there).First();
        return (taking.Count > 0, one) switch
        {
            (false, _) => $"{name} is open in {where}, but not at {flow.Dst}: {one.Last.Name}{Holder(one)} takes packets to its own address only.",
            (_, { After: null }) => $"{name} was open in {where} before the window and not after it: {one.Last.Name}{Holder(one)} was closed in between.",
            (_, { Before: null }) => $"{name} was not open in {where} before the window, and was after it: {one.Last.Name}{Holder(one)} was opened in between.",
            (_, { Last.IsConnected: true }) => $"{name} is open in {where}, but {one.Last.Name}{Holder(one)} is connected: it takes packets of its peer only.",
            _ => $"{name} was open in {where} before the window and after it: {one.Last.Name}{Holder(one)}. It may have been closed in between, or bound to another interface.",
        };
    }

    /// <summary>The namespace of a flow's interface; null unless an interface of that name dropped packets in one namespace alone.</summary>
    internal static long? NamespaceOf(CaptureFacts facts, FlowFacts flow) =>
        facts.Interfaces.Where(i => flow.Interface is not null && i.Name == flow.Interface).Select(i => i.Netns).Distinct().ToList() is [{ } only] ? only : null;
}

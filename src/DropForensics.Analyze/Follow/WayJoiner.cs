using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Follow;

/// <summary>
/// Joins the events of each packet by the address of its <c>sk_buff</c>. The address alone does not do: the kernel gives it to the next packet as soon as this one is
/// freed, and frees some without an event (data that TCP has copied, packets that GRO merged, fragments that were put together). So an event goes on with a way only
/// where the kernel can have come from the way's last stop to this one; else it begins the way of another packet.
/// </summary>
/// <param name="gaps">Times without events.</param>
internal sealed class WayJoiner(Gaps gaps)
{
    // A driver calls another one a few times at most: a VLAN on a bond on a tunnel.
    private const int DeepestSend = 64;

    /// <summary>Ranks are below it.</summary>
    public const int Ranks = 7;

    private const int EthernetBytes = 14, TaggedBytes = 18;

    private readonly Dictionary<ulong, Memory> _memory = [];
    private readonly Dictionary<int, List<(OpenWay Way, int Stop)>> _sending = [];

    // The packet that a CPU's stack has taken last.
    private readonly Dictionary<int, ulong> _taken = [];

    /// <summary>
    /// Of events of several CPUs at one time the one with the least rank comes first: what goes on with a way, then what ends one, then what begins one, the likelier its
    /// beginning the sooner. A packet that is taken out of a backlog was put there before.
    /// </summary>
    public int Rank(in StopEvent next)
    {
        if (next.Kind == StopKind.Sent) return 0;
        if (_memory.TryGetValue(next.Address, out Memory? memory) && memory.Way is { } way && LinkOf(way, next) != Link.No) return next.Kind.IsEnd() ? 1 : 0;
        return next.Kind switch
        {
            StopKind.Queue or StopKind.Gro => 2,
            StopKind.Backlog => 3,
            StopKind.Send => 4,
            StopKind.Receive => 5,
            _ => 6,
        };
    }

    /// <summary>Takes the next event, in the order of time.</summary>
    /// <returns>The way of a dropped packet that ends with it; null as a rule.</returns>
    public PacketWay? Add(in StopEvent next)
    {
        if (next.Kind == StopKind.Sent)
        {
            EndSending(next);
            return null;
        }

        if (!_memory.TryGetValue(next.Address, out Memory? memory)) _memory.Add(next.Address, memory = new Memory());
        OpenWay? way = memory.Way;
        WayBeginning beginning = WayBeginning.Here;
        if (way is not null && gaps.Between(way.Last.TNs, next.TNs)) (way, beginning) = (null, WayBeginning.Gap);
        else if (way is null && gaps.Between(memory.EndedNs, next.TNs)) beginning = WayBeginning.Gap;
        Link link = way is null ? Link.Yes : LinkOf(way, next);
        if (link == Link.No) (way, beginning) = (null, WayBeginning.Unclear);
        way ??= new OpenWay(beginning) { Address = next.Address };
        way.Stops.Add(new WayStop(next.Kind, next.Interface, next.TNs, next.Cpu, next.RawLine, next.Length < 0 ? null : next.Length) { IsSure = link != Link.Maybe && !next.IsTied && !way.IsTied });
        (way.Run, way.IsTied) = (next.Run, next.IsTied);
        if (next.Kind is StopKind.Receive or StopKind.Gro) _taken[next.Cpu] = next.Address;
        if (next.Kind == StopKind.Send) BeginSending(next.Cpu, way);
        memory.Way = next.Kind.IsEnd() ? null : way;
        if (!next.Kind.IsEnd()) return null;
        memory.EndedNs = next.TNs;
        return next.Drop == 0 ? null : new PacketWay { Drop = next.Drop, Stops = way.Stops, Beginning = way.Beginning };
    }

    // Where the kernel can have come from. What waits in a queue is still held by it, so the next event of its address is its own; what the stack has taken may be
    // gone without an event, and is known again only by what follows at once, and by its length. An answer to a later packet may lie in its memory, and be as long: so it
    // is beyond doubt only until the next one is taken.
    private Link LinkOf(OpenWay way, in StopEvent next)
    {
        WayStop last = way.Last;
        bool isSame = last.Interface == next.Interface, isAtOnce = way.Run == next.Run && last.Cpu == next.Cpu;
        long grown = next.Length < 0 || last.Length is not { } length ? 0 : next.Length - length;
        return (next.Kind, last.Kind) switch
        {
            (StopKind.Consumed or StopKind.Dropped, StopKind.Receive) => isAtOnce ? Link.Yes : Link.Maybe,
            (StopKind.Consumed or StopKind.Dropped, StopKind.Gro) => Link.Maybe,
            (StopKind.Consumed or StopKind.Dropped, _) => Link.Yes,

            // From its queue, or again, because the driver was busy.
            (StopKind.Send, StopKind.Queue or StopKind.Send) => Of(isSame),

            // An interface on top of another one; a redirection by tc.
            (StopKind.Queue, StopKind.Send or StopKind.Queue) => Of(isAtOnce && !isSame),

            // Forwarded or bridged: the link header, which does not count in the stack, is before it again, perhaps with a tag.
            (StopKind.Queue, StopKind.Receive) => !isAtOnce || grown < 0 ? Link.No : grown is EthernetBytes or TaggedBytes && _taken.GetValueOrDefault(next.Cpu) == next.Address ? Link.Yes : Link.Maybe,

            // The other end of a pair, loopback; a redirection by tc.
            (StopKind.Backlog, StopKind.Send or StopKind.Queue) => Of(isAtOnce),
            (StopKind.Receive, StopKind.Send or StopKind.Queue) => Of(isAtOnce),

            // The other end of a pair with NAPI, which takes it from a ring.
            (StopKind.Gro, StopKind.Send) => Of(!isSame),

            // Out of a tunnel, shorter by its headers.
            (StopKind.Gro or StopKind.Backlog, StopKind.Receive) => isAtOnce && grown < 0 && !way.Passed(next.Interface) ? Link.Maybe : Link.No,

            (StopKind.Receive, StopKind.Backlog or StopKind.Gro) => Of(isSame),

            // Up to the interface on top of this one: bridge, macvlan.
            (StopKind.Receive, StopKind.Receive) => Of(isAtOnce && grown == 0 && !way.Passed(next.Interface)),
            _ => Link.No,
        };

        static Link Of(bool isLinked) => isLinked ? Link.Yes : Link.No;
    }

    private void BeginSending(int cpu, OpenWay way)
    {
        if (!_sending.TryGetValue(cpu, out List<(OpenWay, int)>? sending)) _sending.Add(cpu, sending = []);
        if (sending.Count == DeepestSend) sending.RemoveAt(0);
        sending.Add((way, way.Stops.Count - 1));
    }

    // The driver has come back on the same CPU; meanwhile the packet may have been freed, and its memory be another one's.
    private void EndSending(in StopEvent sent)
    {
        if (!_sending.TryGetValue(sent.Cpu, out List<(OpenWay Way, int Stop)>? sending)) return;
        for (int i = sending.Count - 1; i >= 0; i--)
        {
            (OpenWay way, int at) = sending[i];
            if (way.Stops[at].Interface != sent.Interface || way.Address != sent.Address) continue;
            way.Stops[at] = way.Stops[at] with { Result = sent.Result };
            sending.RemoveRange(i, sending.Count - i);
            return;
        }
    }

    private sealed class Memory
    {
        public OpenWay? Way { get; set; }

        /// <summary>When the last packet there was freed.</summary>
        public long EndedNs { get; set; } = long.MinValue;
    }

    private sealed class OpenWay(WayBeginning beginning)
    {
        public WayBeginning Beginning => beginning;

        public List<WayStop> Stops { get; } = [];

        public WayStop Last => Stops[^1];

        public ulong Address { get; init; }

        public int Run { get; set; }

        /// <summary>The last stop may come before the one before it.</summary>
        public bool IsTied { get; set; }

        public bool Passed(string? name) => Stops.Exists(stop => stop.Interface == name);
    }

    /// <summary>Whether an event is of the packet that was last seen at its address.</summary>
    private enum Link
    {
        No,
        Maybe,
        Yes,
    }
}

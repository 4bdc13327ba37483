using System.Text;
using DropForensics.Analyze.Facts;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// A small host whose packets go their ways on several CPUs, and which knows what its events do not say: which packet each is of. Memory is reused at once, last freed
/// first; some packets are freed without an event, as the kernel does (TCP that has copied the data, GRO that merged). Times have the kernel's whole microseconds,
/// so that events of several CPUs fall on one.
/// </summary>
internal sealed class PacketWorld
{
    private const int Mtu = 1500, AckBytes = 66, Header = 14;

    private readonly Random _random;
    private readonly Stack<(ulong Address, int Cpu)> _free = [];
    private readonly List<Queue<(Packet Packet, string Interface)>> _backlogs = [];
    private readonly List<(Packet Packet, int Cpu)> _sockets = [];
    private long _nowUs = 100_000_000;
    private int _packets;

    public PacketWorld(int seed, int cpus = 3, int memory = 12)
    {
        _random = new Random(seed);
        for (int i = memory; i > 0; i--) _free.Push((0xffff888100000000 + ((ulong)i * 0x100), 0));
        for (int cpu = 0; cpu < cpus; cpu++) _backlogs.Add([]);
    }

    /// <summary>What happened, in the true order.</summary>
    public List<PacketWorldEvent> Events { get; } = [];

    /// <summary>Forgets what happened; what is on its way stays.</summary>
    public void Clear() => Events.Clear();

    /// <summary>Lets something happen on some CPU.</summary>
    public void Step()
    {
        int cpu = _random.Next(_backlogs.Count);
        switch (_random.Next(6))
        {
            case 0 or 1:
                SendLocally(new Place(cpu, 1000 + cpu, '.'));
                break;
            case 2 or 3:
                for (int i = _random.Next(1, 4); i > 0 && _backlogs[cpu].TryDequeue(out (Packet Packet, string Interface) next); i--) Receive(new Place(cpu, 0, 's'), next.Packet, next.Interface);
                break;
            case 4:
                for (int i = _random.Next(1, 3); i > 0; i--) ReceiveFromCard(new Place(cpu, 0, 's'));
                break;
            default:
                ReadSocket(cpu);
                break;
        }

        _nowUs += _random.Next(4);
    }

    /// <summary>The text of each CPU, as its trace_pipe has it.</summary>
    public static IEnumerable<(int? Cpu, string Text)> TextOf(IEnumerable<PacketWorldEvent> events) =>
        events.GroupBy(each => each.Cpu).Select(cpu => ((int?)cpu.Key, string.Concat(cpu.Select(Line))));

    /// <summary>The line of an event, as 6.12 prints it.</summary>
    public static string Line(PacketWorldEvent each)
    {
        var text = new StringBuilder(string.Create(null, $"{(each.Context == 's' ? "<idle>" : "sender"),16}-{each.Pid,-7} [{each.Cpu:d3}] b.{each.Context}1. {each.TUs / 1e6,12:0.000000}: {each.Kind.Event()}: "));
        string skb = string.Create(null, $"skbaddr={each.Address:x16}");
        text.Append(each.Kind switch
        {
            StopKind.Consumed => $"{skb} location=consume+0x1/0x2",
            StopKind.Dropped => $"{skb} rx_sk=0000000000000000 protocol=2048 location=udp_rcv+0x1/0x2 reason: NO_SOCKET",
            StopKind.Send => $"dev={each.Interface} queue_mapping=0 {skb} vlan_tagged=0 len={each.Length} data_len=0 network_offset=14",
            StopKind.Sent => $"dev={each.Interface} {skb} len={each.Length} rc=0",
            _ => $"dev={each.Interface} {skb} len={each.Length}",
        });
        return text.Append('\n').ToString();
    }

    private void SendLocally(Place at)
    {
        if (Make(at, Header + _random.Next(100, Mtu)) is not { } packet) return;
        if (_random.Next(8) == 0) End(at, packet, StopKind.Dropped);   // before any stop, as by a rule of the firewall
        else Send(at, packet, $"veth{at.Cpu}", $"peer{at.Cpu}");
    }

    private void Send(Place at, Packet packet, string name, string peer, string? lower = null)
    {
        Tell(at, packet, StopKind.Queue, name);
        if (_random.Next(12) == 0)
        {
            End(at, packet, StopKind.Dropped);   // its queue was full
            return;
        }

        Tell(at, packet, StopKind.Send, name);
        if (lower is not null)
        {
            Tell(at, packet, StopKind.Queue, lower);
            Tell(at, packet, StopKind.Send, lower);
        }

        int cpu = _random.Next(4) == 0 ? _random.Next(_backlogs.Count) : at.Cpu;
        packet.Length -= Header;
        if (_random.Next(15) == 0) End(at, packet, StopKind.Dropped);  // the backlog was full
        else
        {
            Tell(at, packet, StopKind.Backlog, peer);
            _backlogs[cpu].Enqueue((packet, peer));
        }

        // The driver says so when it comes back, whatever has become of the packet: on another CPU it may be gone.
        if (cpu != at.Cpu && _random.Next(2) == 0) Receive(new Place(cpu, 0, 's'), packet, peer, fromBacklog: true);
        if (lower is not null) Sent(at, packet, lower);
        Sent(at, packet, name);
    }

    private void Receive(Place at, Packet packet, string name, bool fromBacklog = false)
    {
        if (fromBacklog)
        {
            if (_backlogs[at.Cpu].Count != 1 || packet.IsGone) return;
            _backlogs[at.Cpu].Clear();
        }

        Tell(at, packet, StopKind.Receive, name);
        TakeIn(at, packet);
    }

    private void ReceiveFromCard(Place at)
    {
        if (Make(at, _random.Next(100, Mtu)) is not { } packet) return;
        Tell(at, packet, StopKind.Gro, "eth0");
        if (_random.Next(4) == 0) Vanish(at, packet);   // merged into another one
        else
        {
            Tell(at, packet, StopKind.Receive, "eth0");
            TakeIn(at, packet);
        }
    }

    private void TakeIn(Place at, Packet packet)
    {
        if (_random.Next(3) == 0) Tell(at, packet, StopKind.Receive, $"br{at.Cpu}");
        switch (_random.Next(8))
        {
            case 0 or 1:
                End(at, packet, StopKind.Dropped);
                break;
            case 2:
                End(at, packet, StopKind.Consumed);
                break;
            case 3:
                Vanish(at, packet);   // its data was put into the packet before, and is acknowledged; an acknowledgement alone is not
                if (packet.Length > AckBytes - Header && Make(at, AckBytes) is { } answer) Send(at, answer, $"veth{at.Cpu}", $"peer{at.Cpu}");
                break;
            case 4 or 5:
                _sockets.Add((packet, at.Cpu));
                break;
            default:
                packet.Length += Header;
                Send(at, packet, $"out{at.Cpu}.7", $"far{at.Cpu}", $"out{at.Cpu}");
                break;
        }
    }

    private void ReadSocket(int cpu)
    {
        if (_sockets.Count == 0) return;
        int which = _random.Next(_sockets.Count);
        Packet packet = _sockets[which].Packet;
        _sockets.RemoveAt(which);
        var at = new Place(cpu, 2000 + cpu, '.');
        switch (_random.Next(3))
        {
            case 0:
                End(at, packet, StopKind.Consumed);
                break;
            case 1:
                End(at, packet, StopKind.Dropped);   // the socket was closed
                break;
            default:
                Vanish(at, packet);   // TCP
                break;
        }
    }

    private Packet? Make(Place at, int length)
    {
        if (!_free.TryPop(out (ulong Address, int Cpu) memory)) return null;
        if (memory.Cpu != at.Cpu) _nowUs++;   // no memory goes to another CPU in less
        return new Packet(++_packets, memory.Address, length);
    }

    private void End(Place at, Packet packet, StopKind kind)
    {
        Tell(at, packet, kind, null);
        Vanish(at, packet);
    }

    private void Vanish(Place at, Packet packet)
    {
        packet.IsGone = true;
        _free.Push((packet.Address, at.Cpu));
    }

    private void Sent(Place at, Packet packet, string name) => Tell(at, packet, StopKind.Sent, name);

    private void Tell(Place at, Packet packet, StopKind kind, string? name)
    {
        _nowUs += _random.Next(5) == 0 ? 1 : 0;
        Events.Add(new PacketWorldEvent(packet.Id, kind, packet.Address, name, _nowUs, at.Cpu, at.Pid, at.Context, packet.Length));
    }

    private readonly record struct Place(int Cpu, int Pid, char Context);

    private sealed class Packet(int id, ulong address, int length)
    {
        public int Id => id;

        public ulong Address => address;

        public int Length { get; set; } = length;

        public bool IsGone { get; set; }
    }
}

/// <summary>An event, and what it does not say: which packet it is of.</summary>
internal readonly record struct PacketWorldEvent(int Packet, StopKind Kind, ulong Address, string? Interface, long TUs, int Cpu, int Pid, char Context, int Length);

using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Follow;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Follow;

/// <summary>The join against a host that knows which packet each event is of.</summary>
public sealed class WayJoinerTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_packets_on_several_CPUs_in_reused_memory_each_drop_has_its_own_stops_and_no_other(int seed)
    {
        var world = new PacketWorld(seed);
        while (world.Events.Count < 3000) world.Step();
        string file = _scratch.File("c.db");
        MadeCapture.Write(file, MadeCapture.Whole with { CpusOnline = "0-2" }, PacketWorld.TextOf(world.Events));

        using CaptureReader capture = CaptureReader.Open(file);
        using var reader = new WayReader(capture);
        Dictionary<(int Cpu, long Line), PacketWorldEvent> lines = [];
        foreach (IGrouping<int, PacketWorldEvent> cpu in world.Events.GroupBy(each => each.Cpu))
        {
            foreach ((int index, PacketWorldEvent each) in cpu.Index()) lines.Add((cpu.Key, index + 1), each);
        }

        var truth = new Truth();
        foreach (PacketWorldEvent each in world.Events) truth.Add(each);
        int drops = 0;
        while (reader.Next(CancellationToken.None) is { } way)
        {
            drops++;
            truth.Check(way, stop => lines[(stop.Cpu, stop.RawLine)]);
        }

        Assert.Equal(world.Events.Count(each => each.Kind == StopKind.Dropped), drops);
        Assert.True(truth.Whole > drops / 3, $"{truth.Whole} of {drops} ways are whole");
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Fact]
    public void Of_a_million_packets_at_full_rate_no_stop_is_given_to_another_one()
    {
        var world = new PacketWorld(7, cpus: 4, memory: 64);
        var joiner = new WayJoiner(new Gaps());
        var runs = new CpuRuns();
        var truth = new Truth();
        Dictionary<long, PacketWorldEvent> lines = [];
        (long line, long drops, int packets) = (0, 0, 0);
        while (packets < 1_000_000)
        {
            world.Step();
            foreach (PacketWorldEvent each in world.Events)
            {
                packets = Math.Max(packets, each.Packet);
                truth.Add(each);
                lines.Add(++line, each);
                int run = runs.Next(each.Cpu, each.Pid, (byte)each.Context, each.TUs * 1000);
                var next = new StopEvent(each.Kind, each.Address, each.Interface, each.TUs * 1000, each.Cpu, line, each.Length, 0, run, each.Kind == StopKind.Dropped ? line : 0);
                if (joiner.Add(next) is not { } way) continue;
                drops++;
                truth.Check(way, stop => lines[stop.RawLine]);
            }

            world.Clear();
            if (lines.Count > 200_000) lines = lines.Where(each => each.Key > line - 100_000).ToDictionary(); // no packet is older
        }

        Assert.True(truth.Whole > drops / 3, $"{truth.Whole} of {drops} ways are whole");
    }

    /// <summary>The stops of every packet that was not freed yet.</summary>
    private sealed class Truth
    {
        private readonly Dictionary<int, List<PacketWorldEvent>> _stops = [];

        /// <summary>Ways that are sure, and begin where the packet did.</summary>
        public long Whole { get; private set; }

        public void Add(PacketWorldEvent each)
        {
            if (each.Kind == StopKind.Sent) return;
            if (!_stops.TryGetValue(each.Packet, out List<PacketWorldEvent>? stops)) _stops.Add(each.Packet, stops = []);
            stops.Add(each);
        }

        public void Check(PacketWay way, Func<WayStop, PacketWorldEvent> eventOf)
        {
            PacketWorldEvent drop = eventOf(way.Stops[^1]);
            Assert.Equal(StopKind.Dropped, drop.Kind);
            _stops.Remove(drop.Packet, out List<PacketWorldEvent>? all);
            Assert.NotNull(all);

            // What comes before a stop that is not sure may be another packet's, and says so.
            int sureFrom = Math.Max(0, way.Stops.ToList().FindLastIndex(stop => !stop.IsSure));
            List<PacketWorldEvent> joined = [.. way.Stops.Skip(sureFrom).Select(eventOf)];
            Assert.All(joined, each => Assert.Equal(drop.Packet, each.Packet));
            Assert.Equal(all.TakeLast(joined.Count), joined);
            if (!way.IsSure || way.Beginning != WayBeginning.Here) return;
            Assert.Equal(all.Count, way.Stops.Count);
            Whole++;
        }
    }
}

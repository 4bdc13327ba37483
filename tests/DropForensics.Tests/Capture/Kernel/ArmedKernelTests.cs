using DropForensics.Capture;
using DropForensics.Capture.Kernel;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Kernel;

/// <summary>What is written, and in which order, for more than one event.</summary>
public sealed class ArmedKernelTests : IDisposable
{
    private static readonly ArmedEvent[] Events =
    [
        new()
        {
            Id = "ours:drop",
            Kind = ProbeKind.Eprobe,
            Directory = "events/ours/drop",
            Filter = "reason == 3",
            Trigger = "stacktrace:9 if reason == 3",
            Definition = new ProbeDefinition("dynamic_events", "ours/drop", "e:ours/drop skb/kfree_skb"),
            CountedBy = new ArmedEvent { Id = "skb:kfree_skb", Kind = ProbeKind.Tracepoint, Directory = "events/skb/kfree_skb" },
        },
        new() { Id = "skb:consume_skb", Kind = ProbeKind.Tracepoint, Directory = "events/skb/consume_skb", Filter = "protocol == 2048" },
    ];

    private readonly FakeTracefs _host = new();
    private readonly List<TracefsChange> _noted = [];
    private readonly List<UndoStep> _announced = [];
    private readonly ArmedKernel _kernel;

    public ArmedKernelTests() => _kernel = new ArmedKernel(_host.Tracefs, new TracefsWriter(_noted.Add, _announced.Add));

    [Fact]
    public void Counters_are_armed_first_and_triggers_last()
    {
        Prepare();
        _noted.Clear();

        _kernel.Arm();

        Assert.Equal(
            ["1: skb/kfree_skb/enable 1", "2: skb/consume_skb/filter protocol == 2048", "2: skb/consume_skb/enable 1",
             "0: ours/drop/filter reason == 3", "0: ours/drop/enable 1", "0: skb/consume_skb/filter protocol == 2048", "0: skb/consume_skb/enable 1",
             "0: ours/drop/trigger stacktrace:9 if reason == 3"],
            Noted());
    }

    [Fact]
    public void The_rings_gate_opens_after_those_that_count_and_shuts_before_them()
    {
        Prepare();
        _kernel.Arm();
        _noted.Clear();

        _kernel.OpenGates();
        _kernel.ShutGates();
        _kernel.ShutGates();

        Assert.Equal(["1: 1", "2: 1", "0: 1", "0: 0", "1: 0", "2: 0"], Noted());
    }

    [Fact]
    public void Stacks_are_given_up_while_the_events_go_on()
    {
        Prepare();
        _kernel.Arm();
        _noted.Clear();

        _kernel.GiveUpStacks();

        Assert.Equal(["0: ours/drop/trigger !stacktrace"], Noted());
    }

    // The guard plays what it was told, backwards: so must the agent.
    [Fact]
    public void The_agent_undoes_what_its_guard_was_told_in_the_same_order()
    {
        Prepare();
        _kernel.Arm();
        _noted.Clear();

        _kernel.Disarm();
        _kernel.Dispose();

        Assert.Equal(
            _announced.AsEnumerable().Reverse().Select(step => step.Kind switch
            {
                UndoKind.RemoveInstance => new TracefsChange(TracefsChangeKind.RemoveDirectory, step.Path),
                UndoKind.RemoveProbe => new TracefsChange(TracefsChangeKind.Write, step.Path, $"-:{step.Value}"),
                _ => new TracefsChange(TracefsChangeKind.Write, step.Path, step.Value),
            }),
            _noted.Where(change => change.Kind is TracefsChangeKind.RemoveDirectory or TracefsChangeKind.Write));
        Assert.Equal([UndoStep.Ring, UndoStep.Drops, KernelCounts.OtherEvents], _announced.Where(step => step.Kind == UndoKind.RemoveInstance).Select(step => step.Value));
    }

    [Fact]
    public void What_names_its_tasks_by_itself_alone_spares_the_host_the_names()
    {
        Prepare();

        Assert.DoesNotContain(new TracefsChange(TracefsChangeKind.Write, _kernel.Ring.At("trace_options"), "norecord-cmd"), _noted);
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _host.Dispose();
    }

    private void Prepare()
    {
        _kernel.MakeRing(64, measureCost: false);
        _kernel.Define(Events);
        _kernel.MakeCounters();
        _kernel.OpenPipes(withPages: true).Dispose();
    }

    /// <summary>Instances by the order in which they were made; writes to a gate without its name.</summary>
    private string[] Noted()
    {
        var instances = _announced.Where(step => step.Kind == UndoKind.RemoveInstance).Select(step => step.Path).ToList();
        return [.. _noted.Select(change =>
        {
            var instance = instances.FindIndex(path => change.Path.StartsWith(path + "/", StringComparison.Ordinal));
            var file = change.Path[(instances[instance].Length + 1)..];
            return $"{instance}: {(file == "tracing_on" ? "" : file["events/".Length..] + " ")}{change.Value}";
        })];
    }
}

using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Pages of this kernel's ring beside the text that it prints of them.</summary>
[Collection(LiveCollection.Name)]
public sealed class RingPagesTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public RingPagesTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    [Fact]
    public void Lines_made_of_pages_are_the_kernels_own()
    {
        var ring = Ring("events/skb/kfree_skb", () =>
        {
            for (var cpu = 0; cpu < Math.Min(2, Environment.ProcessorCount); cpu++)
            {
                _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 2000), cpu);
                _host.InNetwork(() => Traffic.ConnectRefused("127.0.0.1", 9, 20), cpu);
            }
        });
        var renderer = ring.Renderer(null, out var refusal);
        Assert.True(renderer is not null, refusal);

        var lines = 0;
        foreach (var cpu in ring.Cpus)
        {
            var differences = RingDifferences.Count(ring.Text(cpu), ring.Rendered(renderer, cpu));
            TestContext.Current.TestOutputHelper?.WriteLine($"CPU {cpu}: {differences}");
            lines += differences.Lines;
        }

        Assert.InRange(lines, 4000 * 5, int.MaxValue);
        Assert.Equal(0, renderer.Unrendered);
    }

    [Fact]
    public void A_ring_that_overran_says_so_in_both()
    {
        var ring = Ring("events/skb/kfree_skb", () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 5000)), kiB: 64);
        var renderer = ring.Renderer(null, out var refusal);
        Assert.True(renderer is not null, refusal);

        var rendered = ring.Rendered(renderer, 0);

        // The file trace tells of the loss elsewhere than a pipe does, so the pages are held to what they hold themselves.
        Assert.True(rendered.AsSpan().StartsWith("CPU:0 [LOST "u8));
        Assert.Equal(0, renderer.Unrendered);
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private SavedRing Ring(string @event, Action traffic, int kiB = 16384)
    {
        var script = $"tracing=/sys/kernel/tracing; . {Repository.At("tests", "kernels", "guest", "ring")}; ring_size={kiB}";
        _host.Sh($"{script}; ring_open {@event}");
        try
        {
            traffic();
        }
        finally
        {
            _host.Sh($"{script}; ring=$tracing/instances/ring; event={@event}; ring_shut {_directory.File("ring")}");
        }

        return new SavedRing(_directory.File("ring"));
    }
}

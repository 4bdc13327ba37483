using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>On every kernel of the matrix: lines made of a ring's pages are those the kernel printed of the same ring.</summary>
public sealed class RingPagesMatrixTests
{
    /// <summary>Kernels whose text cannot be made: it shows hashed addresses, as without them it shows no reason.</summary>
    private static readonly (string Kernel, string Run)[] TextOnly = [("6.1", "tracepoint"), ("6.1-rt", "tracepoint"), ("6.1-arm64", "tracepoint")];

    public static TheoryData<string, string> Rings =>
        [.. ProbeAbilities.Runs.Where(run => run.Run is "tracepoint" or "eprobe" or "kprobe" or "function").Where(run => !TextOnly.Contains(run))];

    [Theory]
    [MemberData(nameof(Rings))]
    public void Lines_made_of_pages_are_the_kernels_own(string kernel, string run)
    {
        var ring = Saved(kernel, run);
        var renderer = ring.Renderer(run == "eprobe" ? "skb.kfree_skb" : null, out var refusal);
        Assert.True(renderer is not null, refusal);

        var lines = 0;
        foreach (var cpu in ring.Cpus)
        {
            var differences = RingDifferences.Count(ring.Text(cpu), ring.Rendered(renderer, cpu));
            TestContext.Current.TestOutputHelper?.WriteLine($"{kernel} {run}, CPU {cpu}: {differences}");
            Assert.InRange(differences.Comms + differences.Sizes, 0, differences.Lines / 10);
            lines += differences.Lines;
        }

        Assert.InRange(lines, 100, int.MaxValue);
        Assert.Equal(0, renderer.Unrendered);
    }

    [Fact]
    public void A_kernel_that_hashes_the_addresses_in_its_text_is_left_to_make_it_itself()
    {
        Assert.Null(Saved("6.1-rt", "tracepoint").Renderer(null, out var refusal));

        Assert.Contains("hashed", refusal);
    }

    private static SavedRing Saved(string kernel, string run) => new(Path.Combine(Requires.KernelResults(kernel), $"{run}.ring"));
}

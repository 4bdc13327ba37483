using System.Text;
using DropForensics.Core.Lines;
using Xunit;

namespace DropForensics.Tests.Core.Lines;

/// <summary>Text of one CPU, cut at second 10.</summary>
public sealed class TimeCutTests
{
    private const long AtNs = 10_000_000_000;

    private readonly TimeCut _cut = new(AtNs, hasStacks: true);

    [Fact]
    public void An_event_belongs_to_the_side_of_its_time_and_its_stack_to_the_event()
    {
        string before = Event(9.5) + Stack(9.5) + Event(10) + Stack(10.000001), after = Event(10.000001) + Stack(10.000002);
        Assert.Equal(before.Length, Take(before + after));
        Assert.True(_cut.IsPast);
    }

    [Fact]
    public void It_is_found_wherever_the_text_is_cut_into_pieces_between_lines()
    {
        string[] lines = (Event(9) + Stack(9) + Event(9.9999) + Stack(10.1) + Event(11) + Stack(11)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int before = lines.TakeWhile(line => !line.Contains("11.000000", StringComparison.Ordinal)).Sum(line => line.Length + 1);
        int taken = lines.Sum(line => _cut.IsPast ? 0 : Take(line + "\n"));
        Assert.Equal(before, taken);
    }

    [Fact]
    public void A_line_that_has_begun_is_not_cut_though_its_rest_looks_like_a_later_event()
    {
        string begun = Event(9)[..^1];
        Assert.Equal(begun.Length, Take(begun));
        string rest = "-" + Event(12);
        Assert.Equal(rest.Length, Take(rest));
        Assert.False(_cut.IsPast);
    }

    [Fact]
    public void An_event_within_another_one_stays_with_it_until_both_stacks_have_come()
    {
        // A softirq drops a packet between a task's drop and that one's stack.
        string nested = Event(9.999999) + Event(10.000001) + Stack(10.000002) + Stack(10.000003);
        Assert.Equal(nested.Length, Take(nested + Event(10.5)));
    }

    [Fact]
    public void A_ring_that_was_found_empty_between_an_event_and_its_stack_still_owes_the_stack()
    {
        Take(Event(9.9));
        _cut.Pass();
        Assert.False(_cut.IsPast);
        Assert.Equal(Stack(9.9).Length, Take(Stack(9.9) + Event(9.95)));
        Assert.True(_cut.IsPast);
    }

    [Fact]
    public void Without_stacks_each_line_stands_alone()
    {
        var cut = new TimeCut(AtNs, hasStacks: false);
        Assert.Equal(Event(10).Length, cut.Take(Encoding.ASCII.GetBytes(Event(10) + Event(10.1))));
    }

    [Fact]
    public void Events_that_never_have_a_stack_do_not_hold_it_up_for_ever()
    {
        string many = string.Concat(Enumerable.Range(0, 500).Select(i => Event(11 + i)));
        Assert.InRange(Take(Event(9) + many), 1, many.Length / 2);
        Assert.True(_cut.IsPast);
    }

    [Fact]
    public void A_hole_in_the_ring_belongs_to_what_was_there_before()
    {
        string before = Event(9) + Stack(9) + "CPU:0 [LOST 12 EVENTS]\n";
        Assert.Equal(before.Length, Take(before + Event(11)));
    }

    private int Take(string text) => _cut.Take(Encoding.ASCII.GetBytes(text));

    private static string Event(double second) => Head(second) + "kfree_skb: skbaddr=0000 protocol=2048 location=a+0x1/0x2 reason: NO_SOCKET\n";

    private static string Stack(double second) => Head(second) + "<stack trace>\n => a+0x1/0x2\n => b+0x1/0x2\n";

    private static string Head(double second) => string.Create(null, $"          <idle>-0       [000] ..s1. {second,12:0.000000}: ");
}

using DropForensics.Core.Recording;
using Xunit;

namespace DropForensics.Tests.Core.Recording;

public sealed class UnreadEvidenceTests
{
    private static readonly UnreadEvidence Ended = new("network namespace 4026532178", "it ended while it was read");

    [Fact]
    public void What_was_written_reads_back()
    {
        UnreadEvidence odd = new("interfaces\nof\tit", "no\r\nanswer");
        Assert.Equal([Ended, new("interfaces of it", "no answer")], UnreadEvidence.Parse(UnreadEvidence.Format([Ended, odd])));
    }

    [Fact]
    public void A_long_list_is_cut_and_says_so()
    {
        IReadOnlyList<UnreadEvidence> read = UnreadEvidence.Parse(UnreadEvidence.Format([.. Enumerable.Repeat(Ended, 1000)]));
        Assert.Equal(201, read.Count);
        Assert.Equal("800 more", read[^1].What);
    }

    [Fact]
    public void Lines_of_another_form_are_left_out() => Assert.Empty(UnreadEvidence.Parse("\n\twhy\nwhat\n\xff"u8));

    [Fact]
    public void A_sentence_names_the_first_and_counts_the_rest()
    {
        Assert.Null(UnreadEvidence.Sentence([], []));
        Assert.Equal(
            "Part of the host could not be read: network namespace 4026532178 before the window "
            + "(it ended while it was read), /proc/modules after the window (Too many open files), network namespace 4026532178 after the window "
            + "(it ended while it was read), and 1 more. Names and counters may be missing for it; drops are not.",
            UnreadEvidence.Sentence([Ended], [new("/proc/modules", "Too many open files"), Ended, Ended]));
    }
}

using DropForensics.Capture.Guard;
using DropForensics.Capture.Kernel;
using Xunit;

namespace DropForensics.Tests.Capture.Guard;

public sealed class GuardMessageTests
{
    private static readonly GuardMessage[] Messages =
    [
        GuardMessage.Of(new UndoStep(UndoKind.RemoveInstance, "/sys/kernel/tracing/instances/dropforensics_1", UndoStep.Ring)),
        GuardMessage.Of(new UndoStep(UndoKind.RemoveProbe, "/sys/kernel/tracing/dynamic_events", "dropforensics_1/drop")),
        new(GuardMessage.File, "/tmp/a file\nof ürs.db", ""),
        new(GuardMessage.Made, "/tmp/a file\nof ürs.db", "4711"),
        new(GuardMessage.Done, "", ""),
    ];

    private static byte[] Bytes => [.. Messages.SelectMany(message => message.ToBytes())];

    [Fact]
    public void What_is_told_is_understood() => Assert.Equal(Messages, GuardMessage.Parse(Bytes));

    [Fact]
    public void A_step_comes_out_as_it_went_in()
    {
        var step = new UndoStep(UndoKind.Write, "/sys/kernel/tracing/instances/x/events/skb/kfree_skb/trigger", "!stacktrace");

        Assert.Equal(step, GuardMessage.Of(step).Step);
        Assert.Null(Messages[2].Step);
    }

    [Fact]
    public void A_message_torn_off_anywhere_is_no_message()
    {
        for (var length = 0; length < Bytes.Length; length++)
        {
            var parsed = GuardMessage.Parse(Bytes.AsSpan(0, length));

            Assert.True(parsed.Count < Messages.Length);
            Assert.Equal(Messages.Take(parsed.Count), parsed);
        }
    }
}

using System.Buffers.Binary;
using DropForensics.Capture.State;
using Xunit;
using static DropForensics.Tests.TestKit.NetlinkBytes;

namespace DropForensics.Tests.Capture.State;

/// <summary>Health reporters and traps as devlink describes them.</summary>
public sealed class DevlinkTests
{
    private static readonly byte[] Place = [.. Attribute(1, "pci\0"u8), .. Attribute(2, "0000:03:00.0\0"u8)];

    [Fact]
    public void A_health_reporter_has_its_errors()
    {
        byte[] reporter = [.. Attribute(115, "tx\0"u8), .. Attribute(116, [1]), .. Attribute(117, Long(7)), .. Attribute(118, Long(5))];
        byte[] message = [52, 1, 0, 0, .. Place, .. Attribute(3, Int(2)), .. Attribute(0x8000 | 114, reporter)];

        Assert.Equal(new DevlinkRow("pci/0000:03:00.0") { Port = 2, Reporter = "tx", State = 1, Errors = 7, Recovered = 5 }, DevlinkRow.TryParse(message));
        for (int length = 0; length < message.Length; length++) _ = DevlinkRow.TryParse(message.AsSpan(0, length));
    }

    [Fact]
    public void A_trap_has_its_action_and_counts()
    {
        byte[] message = [61, 1, 0, 0, .. Place, .. Attribute(0x8000 | 129, [.. Attribute(0, Long(5_000_000_009)), .. Attribute(1, Long(64)), .. Attribute(2, Long(3))]),
            .. Attribute(130, "ttl_value_is_too_small\0"u8), .. Attribute(131, [1]), .. Attribute(132, [1])];

        Assert.Equal(
            new DevlinkRow("pci/0000:03:00.0") { Trap = "ttl_value_is_too_small", Action = 1, Type = 1, Packets = 5_000_000_009, Bytes = 64, Drops = 3 }, DevlinkRow.TryParse(message));
        for (int length = 0; length < message.Length; length++) _ = DevlinkRow.TryParse(message.AsSpan(0, length));
    }

    [Fact]
    public void What_is_neither_is_passed_over() => Assert.Null(DevlinkRow.TryParse([1, 1, 0, 0, .. Place]));

    private static byte[] Long(long number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes;
    }
}

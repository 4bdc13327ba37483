using System.Text;
using DropForensics.Capture.Kernel;
using DropForensics.Core.Tracefs;
using Xunit;

namespace DropForensics.Tests.Capture;

public sealed class FilterTests
{
    private static readonly byte[] Format = Encoding.ASCII.GetBytes(
        "print fmt: \"reason: %s\", __print_symbolic(REC->reason, { 2, \"NOT_SPECIFIED\" }, { 3, \"NO_SOCKET\" }, { 12, \"NETFILTER_DROP\" })\n");

    private static readonly DropTracepoint Tracepoint = new(Format, ReasonTable.FromFormat(Format));

    [Theory]
    [InlineData("", "", "")]
    [InlineData("NO_SOCKET", "", "reason == 3")]
    [InlineData("NO_SOCKET,NETFILTER_DROP", "", "reason == 3 || reason == 12")]
    [InlineData("", "NO_SOCKET,NOT_SPECIFIED", "reason != 3 && reason != 2")]
    [InlineData("NO_SOCKET,NETFILTER_DROP", "NOT_SPECIFIED", "(reason == 3 || reason == 12) && reason != 2")]
    public void Names_become_this_kernels_numbers(string only, string except, string filter) =>
        Assert.Equal(filter, Tracepoint.FilterFor(Names(only), Names(except)));

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

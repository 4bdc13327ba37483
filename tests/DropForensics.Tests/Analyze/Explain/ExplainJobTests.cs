using System.Text.Json;
using DropForensics.Analyze.Explain;
using DropForensics.Core;
using Xunit;

namespace DropForensics.Tests.Analyze.Explain;

public sealed class ExplainJobTests
{
    [Fact]
    public void The_text_says_what_happened_why_and_what_to_try()
    {
        string text = Run("NO_SOCKET");
        Assert.StartsWith("NO_SOCKET: depends on the traffic; since Linux 5.17", text);
        Assert.Contains("\nUsual causes\n  - ", text);
        Assert.Contains("\n  ss -lntup \"sport = :$PORT\"\n", text);
        Assert.Contains("PORT=53", text);
        Assert.Contains("UdpNoPorts", text);
        Assert.All(text.Split('\n').Where(l => !l.StartsWith("  ", StringComparison.Ordinal)), line => Assert.True(line.Length <= 100, line));
    }

    [Theory]
    [InlineData("tcp_v4_rcv")]
    [InlineData("tcp_v4_rcv+0x91/0x13f0")]
    [InlineData("tcp_v4_rcv.isra.0+0x91/0x13f0")]
    public void A_function_is_taken_as_a_stack_spells_it(string name) => Assert.Contains("A TCP segment was dropped before", Run(name));

    [Fact]
    public void A_number_means_what_each_kernel_says()
    {
        string text = Run("3");
        Assert.Contains("3 is PKT_TOO_SMALL in 6.1.0-56.", text);
        Assert.Contains("3 is NO_SOCKET in 6.2, ", text);
    }

    [Theory]
    [InlineData("3", "6.1.0-56-amd64", "3 is PKT_TOO_SMALL in 6.1.0-56.")]
    [InlineData("0x30002", "7.3", "0x30002 is QDISC_DROP_OVERLIMIT in 7.3.4+deb13.")]
    [InlineData("196610", "7.3", "196610 is QDISC_DROP_OVERLIMIT in 7.3.4+deb13.")]
    public void A_kernel_settles_what_a_number_means(string number, string kernel, string expected) => Assert.StartsWith(expected, Run(number, kernel));

    [Theory]
    [InlineData("0x30002", "6.1", "not a known reason number")]
    [InlineData("NO_SOKET", null, "no information about NO_SOKET")]
    [InlineData("ieee80211_rx_handlers_result", "6.12", "for Linux 6.12")]
    [InlineData("NO_SOCKET", "newest", "not a kernel version")]
    public void What_is_not_known_is_said_with_a_remedy(string name, string? kernel, string expected)
    {
        var error = Assert.Throws<UserError>(() => Run(name, kernel));
        Assert.Contains(expected, error.Message);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void A_misspelt_name_is_offered_the_right_one() => Assert.Contains("NO_SOCKET", Assert.Throws<UserError>(() => Run("NO_SOKET")).Remedy);

    [Fact]
    public void The_document_holds_all_of_it()
    {
        using var output = new StringWriter();
        ExplainJob.Run(new ExplainOptions("qdisc_overlimit", null, Json: true), output);
        JsonElement entry = JsonDocument.Parse(output.ToString()).RootElement.GetProperty("entries")[0];
        Assert.Equal(["QDISC_OVERLIMIT", "QDISC_DROP_OVERLIMIT"], entry.GetProperty("names").EnumerateArray().Select(n => n.GetProperty("text").GetString()));
        Assert.Equal("harmful", entry.GetProperty("severity").GetString());
        Assert.All(entry.GetProperty("checks").EnumerateArray(), check => Assert.NotEmpty(check.GetProperty("command").GetString()!));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("6.1")]
    public void The_list_has_each_name_once_with_what_it_means_and_each_can_be_explained(string? kernel)
    {
        using var text = new StringWriter();
        ExplainJob.Run(new ExplainOptions(null, kernel, Json: false), text);
        string[] names = [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
        Assert.True(names.Length > 200);
        Assert.Contains("NO_SOCKET", names);
        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.NotEmpty(Run(name, kernel)));
        Assert.Equal(kernel is null, names.Contains("IP_TUNNEL_ECN")); // a reason of later kernels

        using var json = new StringWriter();
        ExplainJob.Run(new ExplainOptions(null, kernel, Json: true), json);
        Assert.Equal(names, JsonDocument.Parse(json.ToString()).RootElement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
    }

    private static string Run(string name, string? kernel = null)
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Done, ExplainJob.Run(new ExplainOptions(name, kernel, Json: false), output));
        return output.ToString();
    }
}

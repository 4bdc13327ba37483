using System.CommandLine;
using DropForensics.Analyze.Explain;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze explain NAME [--kernel RELEASE] [--json]</c></summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME")
        {
            Description = "A drop reason (NO_SOCKET), a function that drops (tcp_v4_rcv), or a reason's number (3, 0x30002); in any case.",
        };
        var kernel = new Option<string?>("--kernel") { Description = "Only for this kernel: 6.12, or a release such as 6.12.107+deb13-amd64.", HelpName = "RELEASE" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("explain", "Explains a drop reason or a dropping function: what it means, what causes it, what to check next.") { name, kernel, json };
        command.SetAction(parsed => (int)ExplainJob.Run(
            new ExplainOptions(parsed.GetRequiredValue(name), parsed.GetValue(kernel), parsed.GetValue(json)), Console.Out));
        return command;
    }
}

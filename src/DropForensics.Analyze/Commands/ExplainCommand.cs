using System.CommandLine;
using DropForensics.Analyze.Explain;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze explain NAME|--list [--kernel RELEASE] [--json]</c></summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A drop reason (NO_SOCKET), a function that drops (tcp_v4_rcv), or a reason's number (3, 0x30002); in any case.",
        };
        var kernel = new Option<string?>("--kernel") { Description = "Only for this kernel: 6.12, or a release such as 6.12.107+deb13-amd64.", HelpName = "RELEASE" };
        var list = new Option<bool>("--list") { Description = "List all drop reasons, and the functions that drop without one." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("explain", "Explains a drop reason or a dropping function: what it means, what causes it, what to check next.") { name, list, kernel, json };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(name) is null != parsed.GetValue(list))
            {
                parsed.AddError("Give either a name to explain, or --list.");
            }
        });
        command.SetAction(parsed => (int)ExplainJob.Run(new ExplainOptions(parsed.GetValue(name), parsed.GetValue(kernel), parsed.GetValue(json)), Console.Out));
        return command;
    }
}

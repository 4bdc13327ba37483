using System.CommandLine;
using System.Globalization;
using DropForensics.Capture.Guard;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture guard</c>, not for users: the agent starts itself with it, so that a second process restores the host if the agent is killed.</summary>
internal static class GuardCommand
{
    private static readonly Argument<int> Agent = new("AGENT")
    {
        Description = "The agent's pid.",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) return pid;
            result.AddError("AGENT is the pid of a capture.");
            return 0;
        },
    };

    public static Command Create()
    {
        var command = new Command(GuardLink.Command, "Restores the host if the capture that started it is killed.") { Agent };
        command.Hidden = true;
        command.SetAction(parsed => GuardProcess.Run(new HostRoot(), parsed.GetValue(Agent)));
        return command;
    }
}

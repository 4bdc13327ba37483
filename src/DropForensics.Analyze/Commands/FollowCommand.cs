using System.CommandLine;
using DropForensics.Analyze.Follow;
using DropForensics.Analyze.Output;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze follow CAPTURE.db [--filter EXPRESSION] [--top N] [--json]</c></summary>
internal static class FollowCommand
{
    private const string Description =
        """
        Prints where dropped packets had been: each stop, and the time between.

        The capture must have followed packets: capture --follow. The drops are those that it was to follow; --filter chooses others.
        """;

    public static Command Create()
    {
        var capture = new Argument<FileInfo>("CAPTURE.db") { Description = "A capture that followed packets; it is never written to." };
        Option<string?> filter = SharedOptions.Filter(
            "Only the drops that match: 'udp and port 53', reason NO_SOCKET.\n\ninterface eth0 matches packets that were dropped at eth0 or passed it.");
        Option<int?> top = TypedOptions.Of<int>("--top", "N", $"Drops whose stops are printed, and ways that are listed. Default: {TableOptions.DefaultTop}.", TableOptions.WholeNumber(1));
        var json = new Option<bool>("--json") { Description = "JSON lines: all drops, each with its stops." };
        var command = new Command("follow", Description) { capture, filter, top, json };
        command.SetAction((parsed, stop) =>
        {
            using Stream output = StandardOutput.Open();
            return Task.FromResult((int)FollowJob.Run(
                new FollowOptions(parsed.GetRequiredValue(capture).ToString(), parsed.GetValue(filter), parsed.GetValue(top) ?? TableOptions.DefaultTop, parsed.GetValue(json), TerminalText.IsAsciiOnly()),
                output, Console.Error, stop));
        });
        return command;
    }
}

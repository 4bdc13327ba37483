using System.CommandLine;

namespace DropForensics.Analyze.Commands;

/// <summary>The commands of <c>analyze</c>, in the order in which help and manual name them.</summary>
internal static class CommandList
{
    /// <summary>The command that runs if no other is named.</summary>
    public static RootCommand Report() => ReportCommand.Create();

    /// <summary>The others.</summary>
    public static Command[] Others() =>
    [
        RawCommand.Create(),
        VerifyCommand.Create(),
        ReplayCommand.Create(),
        FollowCommand.Create(),
        ExportCommand.Create(),
        LakeCommand.Create(),
        CollectCommand.Create(),
        RedactCommand.Create(),
        ReattributeCommand.Create(),
        ImportCommand.Create(),
        DiffCommand.Create(),
        ExplainCommand.Create(),
    ];
}

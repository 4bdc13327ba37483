using System.CommandLine;
using System.CommandLine.Invocation;
using DropForensics.Core;

namespace DropForensics.Capture.Commands;

/// <summary><c>capture --version</c></summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"capture {AgentVersion.Text}");
        return (int)ExitCode.Done;
    }
}

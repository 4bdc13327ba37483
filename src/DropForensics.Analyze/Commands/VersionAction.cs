using System.CommandLine;
using System.CommandLine.Invocation;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Commands;

/// <summary><c>analyze --version</c></summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"analyze {ProductVersion.Full(typeof(VersionAction).Module)}");
        return (int)ExitCode.Done;
    }
}

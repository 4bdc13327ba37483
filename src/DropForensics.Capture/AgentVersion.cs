using System.Runtime.CompilerServices;
using DropForensics.Capture.Host;
using DropForensics.Core.Store;

namespace DropForensics.Capture;

/// <summary>This program's version, commit and build, as <c>--version</c> prints and captures store them.</summary>
internal static class AgentVersion
{
    // The native executable has the linker's id; under .NET the linker's id would be that of `dotnet`.
    public static string Text { get; } = RuntimeFeature.IsDynamicCodeSupported
        ? ProductVersion.Full(typeof(AgentVersion).Module)
        : ProductVersion.Full(LinkerBuildId.OfThisProcess() ?? "unknown");
}

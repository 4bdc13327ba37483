using DropForensics.Analyze.Export;
using DropForensics.Core;
using Xunit;

namespace DropForensics.Tests.Analyze.Export;

/// <summary>Runs the export as the command does.</summary>
internal static class Exported
{
    /// <summary>What it writes to standard output, and what it says beside it.</summary>
    public static (byte[] Bytes, string Notes) Bytes(string capture, ExportFormat format, bool stacks = false)
    {
        using var output = new MemoryStream();
        var notes = new StringWriter();
        Assert.Equal(ExitCode.Done, ExportJob.Run(new ExportOptions(capture, format, null, false, stacks), () => output, false, notes, CancellationToken.None));
        return (output.ToArray(), notes.ToString());
    }

    /// <summary>The same as text.</summary>
    public static string Text(string capture, ExportFormat format, bool stacks = false) =>
        new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(capture, format, stacks).Bytes);
}

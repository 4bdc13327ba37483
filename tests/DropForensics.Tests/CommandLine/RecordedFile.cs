using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.CommandLine;

/// <summary>A file of the checkout that is made from the options: it must be what they give now, or is written again.</summary>
internal static class RecordedFile
{
    public const string Command = "DROPFORENSICS_RECORD=1 dotnet test --filter CommandLine";

    public static void Is(string path, string made)
    {
        if (Environment.GetEnvironmentVariable("DROPFORENSICS_RECORD") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // it is below the checkout
            File.WriteAllText(path, made);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == made, $"{Path.GetRelativePath(Repository.Root, path)} is not what the options give now: {Command}");
    }
}

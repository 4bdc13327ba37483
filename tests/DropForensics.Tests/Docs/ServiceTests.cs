using DropForensics.Capture.Commands;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Docs;

/// <summary>The unit file in the documentation.</summary>
public sealed class ServiceTests
{
    private static readonly string Unit = Repository.At("docs", "capture.service");

    [Fact]
    public void Systemd_takes_it()
    {
        const string Program = "/usr/bin/systemd-analyze";
        Requires.That(File.Exists(Program), "systemd is not installed");
        using var directory = new ScratchDirectory();

        // It also looks whether the program is there.
        var unit = directory.File("capture.service");
        File.WriteAllText(unit, File.ReadAllText(Unit).Replace("/usr/bin/capture ", "/bin/true ", StringComparison.Ordinal));
        var finished = Shell.Run(Program, "verify", unit);
        Assert.Equal("exit code 0\n--- standard output\n\n--- standard error\n", finished.ToString());
    }

    [Fact]
    public void Its_options_are_those_of_capture()
    {
        var words = File.ReadLines(Unit).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal)).Split(' ')[1..];
        Assert.Empty(CaptureCommand.Create().Parse(words).Errors);
    }
}

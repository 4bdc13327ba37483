using DropForensics.Capture;
using DropForensics.Capture.Host;
using DropForensics.Capture.Scripts;
using DropForensics.Core;
using Xunit;

namespace DropForensics.Tests.Capture.Scripts;

public sealed class ScriptPrinterTests
{
    [Fact]
    public void A_script_that_would_not_obey_an_option_is_refused()
    {
        var output = new StringWriter();
        var options = new CaptureOptions { Duration = CaptureOptions.DefaultDuration, Output = "drops", Force = true };

        var error = Assert.Throws<UserError>(() => new ScriptPrinter(options, new HostRoot()).Write(output));

        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("--force", error.Message);
        Assert.Contains("--output", error.Remedy);
        Assert.Empty(output.ToString());
    }
}

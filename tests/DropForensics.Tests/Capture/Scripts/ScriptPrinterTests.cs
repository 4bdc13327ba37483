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

    [Theory]
    [InlineData("--overload", "end")]
    [InlineData("--overload=sample")]
    public void It_has_no_sample_to_choose(params string[] words)
    {
        var options = new CaptureOptions { Duration = CaptureOptions.DefaultDuration, Output = "drops", Words = words };

        var error = Assert.Throws<UserError>(() => new ScriptPrinter(options, new HostRoot()).Write(TextWriter.Null));

        Assert.Equal((ExitCode.Usage, "Leave --overload out."), (error.ExitCode, error.Remedy));
    }
}

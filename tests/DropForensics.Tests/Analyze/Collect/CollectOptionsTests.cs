using DropForensics.Analyze.Collect;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Collect;

/// <summary>What <c>analyze collect</c> refuses before it reaches any host.</summary>
public sealed class CollectOptionsTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("root@10.0.0.7", "root_10.0.0.7.db")]
    [InlineData("../../etc/passwd", "_.._etc_passwd.db")]
    [InlineData("user@[fe80::1%eth0]", "user__fe80__1_eth0_.db")]
    public void A_hosts_name_becomes_the_name_of_a_file_in_the_folder(string host, string file) =>
        Assert.Equal(_directory.File(file), Options(host).FileOf(host));

    [Theory]
    [InlineData("-o", "x.db")]
    [InlineData("--output=x.db")]
    [InlineData("--keep-last", "10m")]
    public void What_could_not_be_fetched_is_refused(params string[] words) => Assert.NotNull(CollectOptions.Refusal(words));

    [Fact]
    public void Options_of_a_capture_are_not() => Assert.Null(CollectOptions.Refusal(["--duration", "30s", "--filter", "tcp port 443"]));

    [Fact]
    public void Two_hosts_for_one_file_are_refused() =>
        Assert.Contains("would be the same file", Assert.Throws<UserError>(() => Options("a/b", "a_b").CheckFiles()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_there_is_not_replaced()
    {
        File.WriteAllText(_directory.File("web1.db"), "");
        Assert.EndsWith("web1.db exists", Assert.Throws<UserError>(() => Options("web1").CheckFiles()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_agent_is_refused()
    {
        File.WriteAllText(_directory.File("capture"), "#!/bin/sh\n");
        var error = Assert.Throws<UserError>(() => new RemoteProgram(Options("web1") with { Agents = [_directory.File("capture")] }));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
    }

    private CollectOptions Options(params string[] hosts) => new(hosts, _directory.FullName, [], null, CollectOptions.Ssh, "/tmp", 1, []);
}

using System.Text.Json;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Native;

/// <summary>For which machine the agent is published, and with what, by the project's own properties; nothing is compiled.</summary>
public sealed class PublishTests
{
    private static readonly string Project = Repository.At("src", "DropForensics.Capture", "DropForensics.Capture.csproj");

    [Theory]
    [InlineData("x64", "", "linux-x64", "", "x86_64-linux-gnu")]
    [InlineData("arm64", "", "linux-arm64", "", "aarch64-linux-gnu")]
    [InlineData("x64", "linux-arm64", "linux-arm64", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu")]
    [InlineData("arm64", "linux-x64", "linux-x64", "x86_64-linux-gnu-gcc", "x86_64-linux-gnu")]
    public void A_machine_publishes_for_itself_or_for_the_one_named(string host, string asked, string target, string compiler, string triplet)
    {
        var finished = Shell.Run(
            "dotnet", ["msbuild", Project, "-getProperty:RuntimeIdentifier,CppCompilerAndLinker,StaticSqlite", "-p:_IsPublishing=true", $"-p:_HostMachine={host}", .. Asked(asked)]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        var properties = JsonDocument.Parse(finished.Output).RootElement.GetProperty("Properties");
        Assert.Equal(target, properties.GetProperty("RuntimeIdentifier").GetString());
        Assert.Equal(compiler, properties.GetProperty("CppCompilerAndLinker").GetString()!.Replace("clang", ""));   // clang by default, else gcc
        Assert.EndsWith($"/usr/lib/{triplet}/libsqlite3.a", properties.GetProperty("StaticSqlite").GetString());
    }

    [Theory]
    [InlineData("x64", "", "apt-get install gcc libc6-dev libsqlite3-dev ")]
    [InlineData("x64", "linux-arm64", "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross, and src/DropForensics.Capture/Native/unpack-debian arm64 ")]
    public void What_is_missing_is_named_with_the_command_that_installs_it(string host, string asked, string remedy)
    {
        var finished = Shell.Run(
            "dotnet", ["msbuild", Project, "-t:CheckNativeToolchain", "-nologo", "-p:_IsPublishing=true", $"-p:_HostMachine={host}", "-p:StaticSqlite=/missing/libsqlite3.a", .. Asked(asked)]);

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains(remedy, finished.Output);
    }

    private static string[] Asked(string target) => target == "" ? [] : [$"-p:RuntimeIdentifier={target}"];
}

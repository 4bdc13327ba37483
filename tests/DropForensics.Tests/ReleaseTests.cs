using System.Text.Json;
using System.Text.RegularExpressions;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests;

/// <summary>What <c>.ci/release</c> made, in the directory that DROPFORENSICS_RELEASE names.</summary>
public sealed class ReleaseTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Its_list_of_components_is_whole()
    {
        JsonElement sbom = Sbom();

        Assert.Equal("CycloneDX", sbom.GetProperty("bomFormat").GetString());
        Assert.True(Version.Parse(sbom.GetProperty("specVersion").GetString()!) >= new Version(1, 5));
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", sbom.GetProperty("serialNumber").GetString());
        Assert.True(sbom.GetProperty("metadata").GetProperty("timestamp").TryGetDateTime(out _));
        JsonElement[] components = [.. sbom.GetProperty("components").EnumerateArray()];
        string[] references = [.. components.Select(c => Text(c, "bom-ref")), "dropforensics"];
        Assert.Equal(references.Length, references.Distinct().Count());
        Assert.All(components, c => Assert.True(Text(c, "name").Length > 0 && Text(c, "version").Length > 0 && Text(c, "type") is "library" or "application"));
        Assert.All(components.Where(c => Text(c, "type") == "library"), c => Assert.StartsWith("pkg:", Text(c, "purl")));
        JsonElement[] dependencies = [.. sbom.GetProperty("dependencies").EnumerateArray()];
        Assert.All(dependencies, d => Assert.All(d.GetProperty("dependsOn").EnumerateArray().Select(on => on.GetString()!).Append(Text(d, "ref")), r => Assert.Contains(r, references)));
    }

    [Theory]
    [InlineData("capture-linux-x64", "libc6-dev@", "libsqlite3-dev@", "libgcc-")]
    [InlineData("capture-linux-arm64", "libc6-dev-arm64-cross@", "libsqlite3-dev@", "libgcc-")]
    [InlineData("analyze-linux-x64", "Microsoft.NETCore.App.Runtime.linux-x64@", "ScottPlot@", "SourceGear.sqlite3@")]
    public void It_names_what_each_program_is_linked_from(string program, params string[] packages)
    {
        string[] uses = [.. Sbom().GetProperty("dependencies").EnumerateArray().Single(d => Text(d, "ref") == program).GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()!)];

        Assert.All(packages, package => Assert.Contains(uses, use => use.Contains("/" + package, StringComparison.Ordinal)));
        Assert.DoesNotContain(uses, use => use.Contains("Analyzers", StringComparison.Ordinal)); // used to build it, and no part of it
    }

    [Fact]
    public void Statically_linked_libraries_have_the_versions_that_Debian_gives_them()
    {
        foreach (string package in (string[])["libc6-dev", "libsqlite3-dev"])
        {
            string version = Shell.Run("dpkg-query", "-W", "-f", "${Version}", package).Output;

            Assert.Contains(Sbom().GetProperty("components").EnumerateArray(), c => Text(c, "version") == version
                && Text(c, "bom-ref").StartsWith($"pkg:deb/debian/{package}@", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("dropforensics", "linux-x64", "capture-linux-x64")]
    [InlineData("dropforensics", "linux-arm64", "capture-linux-arm64")]
    [InlineData("dropforensics-analyze", "linux-x64", "analyze-linux-x64")]
    public void Each_archive_has_the_notices_of_all_that_it_contains(string archive, string system, string program)
    {
        string name = $"{archive}-{ProductVersion.Number}-{system}";
        var unpacked = Shell.Run("tar", "-xzf", Path.Combine(Folder(), $"{name}.tar.gz"), "-C", _directory.FullName, $"{name}/NOTICES.txt");
        Assert.True(unpacked.ExitCode == 0, unpacked.ToString());
        string notices = File.ReadAllText(_directory.File($"{name}/NOTICES.txt"));
        JsonElement sbom = Sbom();
        string[] uses = [.. sbom.GetProperty("dependencies").EnumerateArray().Single(d => Text(d, "ref") == program).GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()!)];

        Assert.NotEmpty(uses);
        foreach (JsonElement component in sbom.GetProperty("components").EnumerateArray().Where(c => uses.Contains(Text(c, "bom-ref"))))
        {
            string heading = $"{Text(component, "name")} {Text(component, "version")}";
            Match section = Regex.Match(notices, $@"\n={{100}}\n{Regex.Escape(heading)}( \([^\n]*\))?\n\n(?<text>.*?)(\n={{100}}\n|$)", RegexOptions.Singleline);
            Assert.True(section.Groups["text"].Value.Trim().Length > 50, $"{heading} has no notice in {name}");
        }

        if (program.StartsWith("capture", StringComparison.Ordinal)) Assert.Contains("GNU LESSER GENERAL PUBLIC LICENSE", notices);
    }

    private static JsonElement Sbom() => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), $"dropforensics-{ProductVersion.Number}.cdx.json"))).RootElement;

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static string Folder()
    {
        string? folder = Environment.GetEnvironmentVariable("DROPFORENSICS_RELEASE");
        Requires.That(folder is not null, "DROPFORENSICS_RELEASE names no release: .ci/release --out DIR");
        return folder!; // That would have thrown
    }
}

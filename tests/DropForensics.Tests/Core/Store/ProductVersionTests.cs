using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class ProductVersionTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("analyze")]
    [InlineData("capture")]
    public void A_program_says_its_version_commit_and_build_in_one_line(string program)
    {
        var finished = Shell.Run("dotnet", Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), "--version");

        Assert.True(finished is { ExitCode: 0, Errors: "" }, finished.ToString());
        Assert.Matches($@"^{program} {ProductVersion.Number.Replace(".", @"\.")} \(commit ([0-9a-f]{{12}}(-dirty)?|unknown), build [0-9a-f]{{40}}\)\n$", finished.Output);
    }

    [Fact]
    public void The_version_stands_in_one_file()
    {
        Assert.Contains($"<Version>{ProductVersion.Number}</Version>", File.ReadAllText(Repository.At("Directory.Build.props")));
        Assert.All(
            Directory.EnumerateFiles(Repository.At("src"), "*.csproj", SearchOption.AllDirectories),
            project => Assert.DoesNotContain("<Version", File.ReadAllText(project)));
    }

    [Fact]
    public void The_build_changes_with_any_of_its_modules_and_with_nothing_else()
    {
        Guid program = new("00000000-0000-4000-8000-000000000001"), library = new("00000000-0000-4000-8000-000000000002"), other = new("00000000-0000-4000-8000-000000000003");

        string build = ProductVersion.BuildOf(program, library);

        Assert.Equal(build, ProductVersion.BuildOf(program, library));
        Assert.NotEqual(build, ProductVersion.BuildOf(other, library));
        Assert.NotEqual(build, ProductVersion.BuildOf(program, other));
    }

    // A tarball may be unpacked within a checkout of something else, whose commit says nothing of it.
    [Fact]
    public void The_commit_is_that_of_the_tree_itself_with_a_mark_where_the_tree_differs()
    {
        string tree = _directory.FullName;
        Directory.CreateDirectory(Path.Combine(tree, "unpacked"));
        Assert.Equal("unknown", CommitOf(tree));

        Git("init", "--quiet");
        Assert.Equal("unknown", CommitOf(tree)); // no commit yet
        Git("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet", "--allow-empty", "--message", "First");
        string commit = Git("rev-parse", "HEAD")[..12];

        Assert.Equal(commit, CommitOf(tree));
        Assert.Equal("unknown", CommitOf(Path.Combine(tree, "unpacked")));
        File.WriteAllText(_directory.File("New.cs"), "");
        Assert.Equal($"{commit}-dirty", CommitOf(tree));
    }

    private static string CommitOf(string tree)
    {
        string project = Repository.At("src", "DropForensics.Core", "DropForensics.Core.csproj");
        var finished = Shell.Run("dotnet", "msbuild", project, "-nologo", "-t:FindCommit", "-getProperty:Commit", $"-p:CommitTree={tree}/");

        Assert.True(finished.ExitCode == 0, finished.ToString());
        return finished.Output.Trim();
    }

    private string Git(params string[] arguments)
    {
        var finished = Shell.Run("git", ["-C", _directory.FullName, .. arguments]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        return finished.Output;
    }
}

using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Model;

/// <summary>Where the kernel's source can be read: at its public version, as distributions have patches of their own. A plain link; nothing is fetched.</summary>
/// <param name="Function">A deciding function.</param>
/// <param name="Version"><c>6.12</c></param>
/// <param name="Url">Finds the function by its name in that version.</param>
internal sealed record KernelSource(string Function, string Version, string Url)
{
    private const int MostNamed = 3;

    /// <summary>The functions of a finding, the most drops first; none where the kernel's version is not known.</summary>
    public static IReadOnlyList<KernelSource> Of(CaptureInfo capture, Finding finding)
    {
        if (KernelVersion.Parse(capture.KernelRelease) is not { } version)
        {
            return [];
        }

        string name = $"{version.Major}.{version.Minor}";
        return [.. finding.Sites.Select(site => site.Site.Function).OfType<string>().Where(IsIdentifier).Distinct().Take(MostNamed)
            .Select(function => new KernelSource(function, name, $"https://elixir.bootlin.com/linux/v{name}/C/ident/{function}"))];
    }

    // An address without a symbol is none.
    private static bool IsIdentifier(string name) => !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}

using System.Reflection;

namespace DropForensics.Core.Store;

/// <summary>Which build of the programs this is: <c>0.1.0 (commit 1a2b3c4d5e6f, build 0123…)</c>.</summary>
public static partial class ProductVersion
{
    private const int BuildIdSize = 20;

    /// <summary>The release: <c>0.1.0</c>. Reports name this alone, so that one capture gives one report whichever commit made it.</summary>
    public static string Number { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The whole of it, for a program with a build id of its own.</summary>
    public static string Full(string build) => $"{Number} (commit {Commit}, build {build})";

    /// <summary>The whole of it, for a program that consists of this library and <paramref name="program"/>.</summary>
    public static string Full(Module program) => Full(BuildOf(program.ModuleVersionId, typeof(ProductVersion).Module.ModuleVersionId));

    /// <summary>One id of several modules' own, as long as a linker's: a change of code in any module changes it, and nothing else does.</summary>
    internal static string BuildOf(params ReadOnlySpan<Guid> modules)
    {
        byte[] ids = new byte[modules.Length * 16];
        for (int i = 0; i < modules.Length; i++) modules[i].TryWriteBytes(ids.AsSpan(i * 16));
        Span<byte> digest = stackalloc byte[Sha256.Size];
        Sha256.Hash(ids, digest);
        return Convert.ToHexStringLower(digest[..BuildIdSize]);
    }
}

namespace DropForensics.Tests.TestKit;

/// <summary>A file of somebody else's.</summary>
internal static class OtherUser
{
    /// <summary>Root gives the file away; others have one that is root's.</summary>
    /// <param name="path">A file that is there.</param>
    /// <returns>The path of such a file.</returns>
    public static string File(string path)
    {
        if (!Environment.IsPrivilegedProcess) return "/etc/passwd";
        Finished given = Shell.Run(Requires.Program("chown", "coreutils"), "65534", path);
        Requires.That(given.ExitCode == 0, $"root may not give a file away here: {given.Errors}");
        return path;
    }
}

using DropForensics.Core;

namespace DropForensics.Analyze.Collect;

/// <summary>What <c>analyze collect</c> was asked for.</summary>
/// <param name="Hosts">As the way in names them.</param>
/// <param name="Folder">Takes the captures; made if it is missing.</param>
/// <param name="Agents">Programs <c>capture</c>, each for another kind of machine.</param>
/// <param name="Script">What <c>capture script</c> printed, to run instead of a program; null: a program.</param>
/// <param name="Via">The way in: words of a command, with <c>{host}</c> and <c>{command}</c> to be filled in.</param>
/// <param name="RemoteFolder">Where the hosts keep the program and the capture meanwhile.</param>
/// <param name="AtOnce">How many hosts at the same time.</param>
/// <param name="Capture">Options of the capture.</param>
internal sealed record CollectOptions(
    IReadOnlyList<string> Hosts, string Folder, IReadOnlyList<string> Agents, string? Script, string Via, string RemoteFolder, int AtOnce, IReadOnlyList<string> Capture)
{
    /// <summary>ssh with the user's own configuration and keys; it asks for nothing, as nobody could answer for many hosts.</summary>
    public const string Ssh = "ssh -o BatchMode=yes -o ConnectTimeout=10 {host} {command}";

    /// <summary>The default of <see cref="RemoteFolder"/>.</summary>
    public const string Temporary = "/tmp";

    /// <summary>The default of <see cref="AtOnce"/>.</summary>
    public const int DefaultAtOnce = 50;

    // These would write elsewhere than what is fetched, or nothing that could be.
    private static readonly string[] NotHere = ["-o", "--output", "--keep-last", "--force"];

    /// <summary>What is wrong with options of the capture; null: nothing.</summary>
    public static string? Refusal(IReadOnlyList<string> capture)
    {
        foreach (string word in capture)
        {
            string name = word.Split('=', ':')[0];
            if (NotHere.Contains(name) || (name.StartsWith("-o", StringComparison.Ordinal) && !name.StartsWith("--", StringComparison.Ordinal))) return $"{name} cannot be given to the captures: each is limited in time, and fetched from where it was written";
        }

        return capture.Count > 0 && !capture[0].StartsWith('-') ? $"'{capture[0]}' is no option of a capture; hosts come before the --" : null;
    }

    /// <summary>The file that a host's capture becomes, without what a file name may not hold.</summary>
    public string FileOf(string host) => Path.Combine(Folder, string.Concat(host.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).TrimStart('.') + ".db");

    /// <exception cref="UserError">Two hosts would write one file, or one is there.</exception>
    public void CheckFiles()
    {
        foreach (IGrouping<string, string> file in Hosts.GroupBy(FileOf))
        {
            if (file.Count() > 1) throw new UserError($"{string.Join(" and ", file.Distinct().Select(Display.Visible.Text))} would be the same file, {Display.Visible.Text(file.Key)}", "Name each host once.", ExitCode.Usage);
            if (File.Exists(file.Key)) throw new UserError($"{Display.Visible.Text(file.Key)} exists", "Name another folder with --output.", ExitCode.Usage);
        }
    }
}

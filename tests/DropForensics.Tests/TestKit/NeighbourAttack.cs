using System.Diagnostics;
using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// Another user of a sticky, world-writable directory: whenever a database appears in it, she tries to make the files that SQLite keeps beside it
/// before SQLite does, keeps them open, and reads all the time whether what was to stay private is in one of them.
/// </summary>
internal sealed class NeighbourAttack : IDisposable
{
    private const string Sysctl = "/proc/sys/fs/protected_regular";

    private const string Attacker =
        """
        use strict;
        use Fcntl;
        $| = 1;
        umask 0;
        my @suffixes = ('-wal', '-shm', '-journal');
        while (my $order = <STDIN>) {
            chomp $order;
            my ($eager, $secret, $directory) = split / /, $order, 3;
            my ($read, @held) = (0);
            print "at it\n";
            until (-e "$directory/over") {
                my $asked = -e "$directory/look";
                opendir my $entries, $directory or next;
                for my $name (readdir $entries) {
                    my $beside = $name =~ s/-(wal|shm|journal)$//;
                    next if $name =~ /^(\.|\.\.|over|look|looked)$/ or $beside && !$eager;
                    for my $suffix (@suffixes) {
                        my $file;
                        push @held, $file if sysopen $file, "$directory/$name$suffix", O_RDWR | O_CREAT | O_EXCL, 0666;
                    }
                }
                for my $file (@held) {
                    sysseek $file, 0, 0;
                    my $text = '';
                    1 while sysread $file, $text, 1 << 16, length $text;
                    $read = 1 if index($text, $secret) >= 0;
                }
                open my $answer, '>', "$directory/looked" if $asked;
            }
            print "$read\n";
        }
        """;

    private readonly ScratchDirectory _scratch = new();
    private readonly string _protection;
    private readonly Process _attacker;

    public NeighbourAttack()
    {
        Requires.That(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can be two users");
        string setpriv = Requires.Program("setpriv", "util-linux"), perl = Requires.Program("perl", "perl-base");
        _protection = File.ReadAllText(Sysctl);
        Requires.That(TryProtect("0"), $"{Sysctl} cannot be set here");
        File.SetUnixFileMode(_scratch.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        try
        {
            _attacker = Shell.Start(setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", perl, "-e", Attacker);
        }
        catch
        {
            TryProtect(_protection);   // it is the whole host's
            throw;
        }
    }

    /// <summary>One try.</summary>
    /// <param name="eager">She goes for the first file that appears, not only for the database; so she may keep it from being made at all.</param>
    /// <param name="secret">What nobody else is to read, a word.</param>
    /// <param name="write">Writes it into the directory that it is given. By the other argument it lets her look at what she holds.</param>
    /// <returns>Whether she has read it.</returns>
    public bool Reads(bool eager, string secret, Action<string, Action> write)
    {
        string directory = _scratch.File(Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, (UnixFileMode)Convert.ToInt32("1777", 8));
        _attacker.StandardInput.WriteLine($"{(eager ? 1 : 0)} {secret} {directory}");
        Assert.Equal("at it", _attacker.StandardOutput.ReadLine());
        try
        {
            write(directory, () => Look(directory));
        }
        finally
        {
            File.WriteAllText(Path.Combine(directory, "over"), "");
        }

        string? answer = _attacker.StandardOutput.ReadLine();
        Directory.Delete(directory, recursive: true);
        return answer switch { "0" => false, "1" => true, _ => throw new InvalidOperationException($"the attacker ended: {_attacker.StandardError.ReadToEnd()}") };
    }

    public void Dispose()
    {
        TryProtect(_protection);
        _attacker.Kill();
        _attacker.Dispose();
        _scratch.Dispose();
    }

    private static void Look(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "look"), "");
        Await.Until(() => File.Exists(Path.Combine(directory, "looked")));
        File.Delete(Path.Combine(directory, "look"));
    }

    private static bool TryProtect(string value)
    {
        try
        {
            File.WriteAllText(Sysctl, value);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

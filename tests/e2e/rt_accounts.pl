# Accounts in a fresh Request Tracker: tocsin and ann, who is an agent, with rights in General and Other; less, which lacks one; hank, who is a
# customer. Prints Tocsin's token.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
require RT::AuthToken;

my $system = RT->SystemUser;

sub user {
    my ($name, %more) = @_;
    my $user = RT::User->new($system);
    my ($id, $why) = $user->Create(Name => $name, %more);
    die "$name: $why" unless $id;
    return $user;
}

sub grant {
    my ($principal, $object, @rights) = @_;
    for my $right (@rights) {
        my ($ok, $why) = $principal->GrantRight(Right => $right, Object => $object);
        die "$right: $why" unless $ok;
    }
}

my ($queue, $other) = map { RT::Queue->new($system) } 1, 2;
$queue->Load('General');
$other->Create(Name => 'Other');
my $tocsin = user('tocsin', EmailAddress => 'tocsin@example.com', Privileged => 1);
my $ann = user('ann', EmailAddress => 'ann@example.com', RealName => 'Ann Agent', Password => 'secret-ann', Privileged => 1);
user('hank', EmailAddress => 'hank@acme.example', RealName => 'Hank', Password => 'secret-hank');
my @rights = qw(SeeQueue ShowTicket CreateTicket ReplyToTicket CommentOnTicket ShowTicketComments ModifyTicket);
for my $account ($tocsin, $ann) {
    grant($account->PrincipalObj, $_, @rights) for $queue, $other;
}
my $less = user('less', EmailAddress => 'less@example.com', Password => 'secret-less', Privileged => 1);
grant($less->PrincipalObj, $queue, grep { $_ ne 'ModifyTicket' } @rights);
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
grant($everyone->PrincipalObj, $_, qw(CreateTicket ReplyToTicket)) for $queue, $other;
my $requester = RT::Group->new($system);
$requester->LoadRoleGroup(Object => RT->System, Name => 'Requestor');
grant($requester->PrincipalObj, RT->System, 'ShowTicket');

my ($ok, $why, $token) = RT::AuthToken->new($system)->Create(Owner => $tocsin->Id, Description => 'Tocsin');
die $why unless $ok;
print "token=$token\n";

# The insights of a journal's export, computed anew from its events: sums.py JOURNAL VIEWER prints what the core's test prints. It shares nothing
# with the core: instants are compared as sets of seconds' borders, zones are those of Python.
import json
import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ACTIVE = {'investigating', 'fixing', 'monitoring'}
OPEN = ACTIVE | {'triage', 'paused'}
KINDS = ['all', 'team', 'service', 'person', 'rule', 'severity', 'customer', 'component']


def utc(ms):
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)


def month_of(ms):
    return utc(ms).strftime('%Y-%m')


def month_span(month):
    year, number = map(int, month.split('-'))
    begin = datetime(year, number, 1, tzinfo=timezone.utc)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=timezone.utc)
    return int(begin.timestamp() * 1000), int(end.timestamp() * 1000)


def months_from(first, last):
    month = first
    while month <= last:
        yield month
        month = month_of(month_span(month)[1])


def at_night(ms, zone):
    return not 6 <= utc(ms).astimezone(ZoneInfo(zone)).hour < 22


def at_weekend(ms, zone):
    return utc(ms).astimezone(ZoneInfo(zone)).weekday() >= 5


def overlap(a, b):
    return max(a[0], b[0]), min(a[1], b[1])


# The length of a union of spans: between two neighbouring borders it is covered, or it is not.
def union(spans):
    marks = sorted([(s[0], 1) for s in spans] + [(s[1], -1) for s in spans])
    total = depth = 0
    for i, (at, change) in enumerate(marks):
        if depth:
            total += at - marks[i - 1][0]
        depth += change
    return total


class Incident:
    def __init__(self, number):
        self.number, self.history, self.stays, self.calls = number, [], defaultdict(list), {}
        self.members, self.roles, self.customers, self.problems = set(), {}, {}, []
        self.team = self.service = self.severity = self.rule = None
        self.drill = self.private = False
        self.told_first = self.told_last = None
        self.silence = 0

    def joins(self, person, at):
        self.members.add(person)
        if not self.stays[person] or self.stays[person][-1][1] is not None:
            self.stays[person].append([at, None])

    def takes(self, kind, at, data):
        value = data.get('value')
        if kind == 'declared':
            self.rule = data.get('rule')
        if kind in ('declared', 'status'):
            self.history.append((at, data['status']))
        elif kind in ('team', 'service', 'severity'):
            setattr(self, kind, data['name'])
        elif kind in ('drill', 'private'):
            setattr(self, kind, data.get('flag', False))
        elif kind == 'member' and data.get('flag'):
            self.joins(value, at)
        elif kind == 'member':
            self.members.discard(value)
            if self.stays[value] and self.stays[value][-1][1] is None:
                self.stays[value][-1][1] = at
        elif kind == 'role':
            self.roles[data['name']] = value
            if value:
                self.joins(value, at)
        elif kind in ('page_called', 'page_sent'):
            self.calls.setdefault((data['count'], value), at)
        elif kind == 'customer':
            self.customers.setdefault(data['name'], at)
        elif kind == 'told':
            self.told(at, data)
        elif kind == 'alert' and data.get('flag') and value not in self.problems:
            self.problems.append(value)
        elif kind == 'alert' and not data.get('flag') and value in self.problems:
            self.problems.remove(value)

    def told(self, at, data):
        if data.get('flag'):
            self.told_last = at
        if data.get('until'):
            self.told_first = self.told_first or at
            self.silence = max(self.silence, at - data['until'])

    # When it ended for good; None: it is open.
    def ended(self):
        at = None
        for when, status in reversed(self.history):
            if status in OPEN:
                break
            at = when
        return at

    # From the declaration to the first of these statuses after which it was not at work again.
    def held(self, statuses):
        left = max((i for i, (_, s) in enumerate(self.history) if s in ACTIVE - statuses), default=-1)
        came = [when for when, s in self.history[left + 1:] if s in statuses]
        return came[0] - self.history[0][0] if came else None

    def times(self):
        begin, end = self.history[0][0], self.ended()
        accepted = [when for when, s in self.history if s in ACTIVE]
        since = next(iter(self.customers.values()), None)
        contact = max(self.told_first - since, 0) if since and self.told_first else None
        silence = max(self.silence, end - max(self.told_last or 0, since), 0) if since else None
        return [accepted[0] - begin if accepted else None, contact, silence,
                self.held({'monitoring', 'resolved'}), self.held({'resolved', 'closed'})]

    def at_work(self):
        return [(a, b) for (a, s), (b, _) in zip(self.history, self.history[1:]) if s in ACTIVE]


class Sum:
    def __init__(self):
        self.incidents = self.declined = self.merged = self.drills = self.active = self.repeats = 0
        self.work, self.calls, self.vain = defaultdict(list), [0, 0, 0], [0, 0, 0]
        self.times, self.seen = [[] for _ in range(5)], set()


def add(total, incident, month, zones, only):
    span, outcome = month_span(month), incident.history[-1][1]
    counts = not incident.drill and outcome not in ('declined', 'merged')
    for worked in incident.at_work():
        a, b = overlap(worked, span)
        if a >= b or not counts:
            continue
        total.active += b - a
        for person, stays in incident.stays.items():
            for begin, end in stays:
                c, d = overlap((begin, end if end is not None else b), (a, b))
                if c < d and only in (None, person):
                    total.work[person].append((c, d))
    for (_, person), at in incident.calls.items():
        if month_of(at) == month and not incident.drill and only in (None, person):
            called = total.vain if outcome == 'declined' else total.calls
            called[0] += 1
            called[1] += at_night(at, zones.get(person, 'UTC'))
            called[2] += at_weekend(at, zones.get(person, 'UTC'))
    if month_of(incident.ended()) != month:
        return
    total.drills += incident.drill
    total.declined += not incident.drill and outcome == 'declined'
    total.merged += not incident.drill and outcome == 'merged'
    if not counts:
        return
    total.incidents += 1
    for values, value in zip(total.times, incident.times()):
        if value is not None:
            values.append(value)
    problems = set(incident.problems[:16])
    total.repeats += bool(problems & total.seen)
    total.seen |= problems


def people_in(incident, month):
    span, found = month_span(month), {person for (_, person), at in incident.calls.items() if month_of(at) == month}
    for worked in incident.at_work():
        a, b = overlap(worked, span)
        found |= {p for p, stays in incident.stays.items() for begin, end in stays
                  if max(begin, a) < min(end if end is not None else b, b)}
    return found


def names_of(incident, month, named):
    yield 'all', ''
    yield 'team', incident.team
    yield 'severity', incident.severity
    if named:
        yield 'service', incident.service
        yield 'rule', incident.rule
        yield from (('person', person) for person in people_in(incident, month))
        yield from (('customer', key) for key in list(incident.customers)[:64])


def read(path):
    incidents, zones = {}, {}
    for line in open(path, encoding='utf-8'):
        row = json.loads(line)
        stream = row.get('stream', '')
        if stream.startswith('INC-'):
            number = int(stream[4:])
            incidents.setdefault(number, Incident(number)).takes(row['type'], row['at'], row['data'])
        elif row.get('kind') == 3:
            zones[row['key']] = row['body'].get('zone', 'UTC')
    return incidents, zones


def main():
    incidents, zones = read(sys.argv[1])
    viewer, sums = sys.argv[2], defaultdict(Sum)
    for number in sorted(incidents):
        incident = incidents[number]
        if incident.ended() is None:
            continue
        named = not incident.private or viewer in incident.members or viewer in incident.roles.values()
        for month in months_from(month_of(incident.history[0][0]), month_of(incident.ended())):
            for kind, name in names_of(incident, month, named):
                if name is not None:
                    add(sums[month, kind, name], incident, month, zones, name if kind == 'person' else None)
    for month, kind, name in sums:
        s = sums[month, kind, name]
        work = sum(union(spans) for spans in s.work.values())
        numbers = [s.incidents, s.declined, s.merged, s.drills, s.active, work, *s.calls, *s.vain, s.repeats]
        times = [','.join(map(str, sorted(values))) for values in s.times]
        print('|'.join([month, kind, name, *map(str, numbers), *times]))


main()

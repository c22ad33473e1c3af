# The peer of the responders' pages: a stock Flask application that reads the same SQLite, and shows the open incidents and one of them.
# pages_peer.py JOURNAL PORT
import json
import sqlite3
import sys

from flask import Flask, abort, g, render_template_string

app = Flask(__name__)
OPEN = ('triage', 'investigating', 'fixing', 'monitoring', 'paused')
LIST = '''<!doctype html><title>Open incidents</title><h1>Open incidents</h1><table>{% for i in incidents %}
<tr><td><a href="/app/incidents/INC-{{ i.id }}">INC-{{ i.id }} {{ i.title }}</a></td><td>{{ i.status }}</td><td>{{ i.severity }}</td>
<td>{{ i.service }}</td><td>{{ i.team }}</td></tr>{% endfor %}</table>'''
ONE = '''<!doctype html><title>{{ i.title }}</title><h1>INC-{{ i.id }} {{ i.title }}</h1><p>{{ i.status }} {{ i.severity }}</p><ol>{% for e in events %}
<li><time>{{ e.at }}</time> {{ e.by }} {{ e.type }} {{ e.data.text }}</li>{% endfor %}</ol>'''


def journal():
    if 'journal' not in g:
        g.journal = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
    return g.journal


@app.teardown_appcontext
def close(_):
    if 'journal' in g:
        g.pop('journal').close()


@app.get('/app/')
def incidents():
    rows = journal().execute(f"SELECT body FROM doc WHERE kind = 1 AND tag IN ({','.join('?' * len(OPEN))}) ORDER BY key DESC LIMIT 100", OPEN)
    return render_template_string(LIST, incidents=[json.loads(body) for (body,) in rows])


@app.get('/app/incidents/INC-<int:number>')
def incident(number):
    row = journal().execute('SELECT body FROM doc WHERE kind = 1 AND key = ?', (f'{number:010}',)).fetchone()
    if not row:
        abort(404)
    rows = journal().execute('SELECT at, "by", type, data FROM event WHERE stream = ? ORDER BY version DESC LIMIT 100', (f'INC-{number}',))
    events = [{'at': at, 'by': by, 'type': kind, 'data': json.loads(data)} for at, by, kind, data in rows]
    return render_template_string(ONE, i=json.loads(row[0]), events=events)


app.run(port=int(sys.argv[2]))

# oracle: sa=1.4
from sqlalchemy import *
from sqlalchemy.orm import *

# Create an unbound Session class
Session = sessionmaker()

engine = create_engine('sqlite://')

# Bind the Session class once the engine
#    is available
Session.configure(bind=engine)

metadata = MetaData(engine)

account_table = Table(
    'account', metadata,
    Column('id', Integer, primary_key=True),
    Column('balance', Numeric))

class Account(object): pass

mapper(Account, account_table)

metadata.create_all()
session = Session()
account = Account()
account.balance = 10
session.add(account)
session.flush()
print(account.id, repr(account.balance))
session.commit()
print(account.id, repr(account.balance))
print(session.bind is engine)

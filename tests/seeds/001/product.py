# oracle: sa=1.4
from sqlalchemy import *
from sqlalchemy.orm import *

engine = create_engine('sqlite://')
metadata = MetaData(engine)

product_table = Table(
    'product', metadata,
    Column('sku', String(20), primary_key=True), 
    Column('msrp', Numeric))

class Product(object):
    def __init__(self, sku, msrp, summary=None):
        self.sku = sku
        self.msrp = msrp
        self.summary = summary
        self.categories = []
        self.prices = []
    def __repr__(self):
        return '<Product %s>' % self.sku

mapper(Product, product_table)

# Create a Session class with the default
#    options
Session = sessionmaker(bind=engine)

metadata.create_all()
session = Session()
session.add(Product('123', 12.34, summary='not mapped, not saved'))
session.commit()
for product in session.query(Product):
    print(product, product.msrp, hasattr(product, 'summary'))

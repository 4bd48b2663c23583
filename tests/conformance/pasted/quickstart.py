from sqlalchemy import Column, Integer, String
import sqlalchemy

print(repr(sqlalchemy.__version__))

from sqlalchemy import create_engine

# 使用sqlite3内存数据库, echo 设置了所有 sql 生成输出
engine = create_engine('sqlite:///:memory:', echo=True)

from sqlalchemy.ext.declarative import declarative_base

# 该类维护了表和类之间如何进行映射，我们的类都将派生于该类
Base = declarative_base()

# 定义 User 类
class User(Base):
    __tablename__ = 'users'

    id = Column(Integer, primary_key=True)
    name = Column(String)
    fullname = Column(String)
    password = Column(String)

    def __repr__(self):
       return "<User(name='%s', fullname='%s', password='%s')>" % (
                            self.name, self.fullname, self.password)

print(repr(User.__table__))

Base.metadata.create_all(engine)

ed_user = User(name = 'ed', fullname='Ed Jones', password='edspassword')

print(repr(ed_user.name))

print(repr(ed_user.password))

print(repr(str(ed_user.id)))

# sessionmaker  A configurable Session factory.
from sqlalchemy.orm import sessionmaker
# 配置好session工厂
Session = sessionmaker(bind=engine)
# 创建一个session
session = Session()

# add 方法调用后， ed_user并没有直接写入到数据库，而是pending状态, 直到 flush被调用
session.add(ed_user)

# 调用flush 将数据写入
session.flush()

# 查询刚才所提交的数据
our_user = session.query(User).filter_by(name='ed').first()

# 发现返回的对象相同
print(repr(ed_user is our_user))

session.add_all([
    User(name='wendy', fullname='Wendy Williams', password='foobar'),
    User(name='mary', fullname='Mary Contrary', password='xxg527'),
    User(name='fred', fullname='Fred Flinstone', password='blah')])

ed_user.password = 'f8s7ccs'

print(repr(session.dirty))

print(repr(session.new))

session.commit()

print(repr(ed_user.id))

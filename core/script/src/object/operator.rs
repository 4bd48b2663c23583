//! The operators of the language, by name.
//!
//! CPython counterpart: the operand of `BINARY_OP` and `COMPARE_OP`.

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `@`
    MatMul,
    /// `/`
    TrueDiv,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
    /// `<<`
    LShift,
    /// `>>`
    RShift,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
}

impl BinaryOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::MatMul => "@",
            BinaryOp::TrueDiv => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::LShift => "<<",
            BinaryOp::RShift => ">>",
            BinaryOp::And => "&",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
        }
    }

    /// How it is named in "unsupported operand type(s) for …".
    pub fn described(self) -> &'static str {
        match self {
            BinaryOp::Pow => "** or pow()",
            _ => self.symbol(),
        }
    }

    /// Its method.
    pub fn method(self) -> &'static str {
        match self {
            BinaryOp::Add => "__add__",
            BinaryOp::Sub => "__sub__",
            BinaryOp::Mul => "__mul__",
            BinaryOp::MatMul => "__matmul__",
            BinaryOp::TrueDiv => "__truediv__",
            BinaryOp::FloorDiv => "__floordiv__",
            BinaryOp::Mod => "__mod__",
            BinaryOp::Pow => "__pow__",
            BinaryOp::LShift => "__lshift__",
            BinaryOp::RShift => "__rshift__",
            BinaryOp::And => "__and__",
            BinaryOp::Or => "__or__",
            BinaryOp::Xor => "__xor__",
        }
    }

    /// Its method on the right operand.
    pub fn reflected(self) -> &'static str {
        match self {
            BinaryOp::Add => "__radd__",
            BinaryOp::Sub => "__rsub__",
            BinaryOp::Mul => "__rmul__",
            BinaryOp::MatMul => "__rmatmul__",
            BinaryOp::TrueDiv => "__rtruediv__",
            BinaryOp::FloorDiv => "__rfloordiv__",
            BinaryOp::Mod => "__rmod__",
            BinaryOp::Pow => "__rpow__",
            BinaryOp::LShift => "__rlshift__",
            BinaryOp::RShift => "__rrshift__",
            BinaryOp::And => "__rand__",
            BinaryOp::Or => "__ror__",
            BinaryOp::Xor => "__rxor__",
        }
    }

    /// Its method for the augmented assignment.
    pub fn in_place(self) -> &'static str {
        match self {
            BinaryOp::Add => "__iadd__",
            BinaryOp::Sub => "__isub__",
            BinaryOp::Mul => "__imul__",
            BinaryOp::MatMul => "__imatmul__",
            BinaryOp::TrueDiv => "__itruediv__",
            BinaryOp::FloorDiv => "__ifloordiv__",
            BinaryOp::Mod => "__imod__",
            BinaryOp::Pow => "__ipow__",
            BinaryOp::LShift => "__ilshift__",
            BinaryOp::RShift => "__irshift__",
            BinaryOp::And => "__iand__",
            BinaryOp::Or => "__ior__",
            BinaryOp::Xor => "__ixor__",
        }
    }
}

/// A comparison that classes can define; `is` and `in` are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Eq => "==",
            CompareOp::Ne => "!=",
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        }
    }

    /// Its method.
    pub fn method(self) -> &'static str {
        match self {
            CompareOp::Eq => "__eq__",
            CompareOp::Ne => "__ne__",
            CompareOp::Lt => "__lt__",
            CompareOp::Le => "__le__",
            CompareOp::Gt => "__gt__",
            CompareOp::Ge => "__ge__",
        }
    }

    /// The comparison with the operands exchanged.
    pub fn reflected(self) -> CompareOp {
        match self {
            CompareOp::Eq => CompareOp::Eq,
            CompareOp::Ne => CompareOp::Ne,
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
        }
    }

    /// Whether an ordering satisfies it.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `+`
    Pos,
    /// `~`
    Invert,
    /// `not`
    Not,
}

impl UnaryOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Pos => "+",
            UnaryOp::Invert => "~",
            UnaryOp::Not => "not ",
        }
    }

    /// Its method; `not` asks `__bool__`.
    pub fn method(self) -> &'static str {
        match self {
            UnaryOp::Neg => "__neg__",
            UnaryOp::Pos => "__pos__",
            UnaryOp::Invert => "__invert__",
            UnaryOp::Not => "__bool__",
        }
    }
}
